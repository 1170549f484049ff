import NNElaboration
import NNGraph
import NNSource

/// A model text with files to use and settings, elaborated.
func elaborate(
  _ text: String, files: [String: String] = [:], settings: [(String, String)] = [], recipe: [(String, String)] = []
) -> Elaboration {
  let model = ModelText(
    name: "test.nn", bytes: Array(text.utf8), settings: settings.map { (name: $0.0, value: $0.1) },
    recipeLines: recipe.map { (name: $0.0, text: $0.1) })
  return Elaboration.run(model) { path in
    files[path].map { .bytes(Array($0.utf8)) } ?? .unreadable("no such file")
  }
}

extension Elaboration {
  /// Everything that was said, as the user sees it.
  var report: String { DiagnosticRenderer.render(diagnostics, in: sources) }

  /// `name: shape`, in order.
  var parameterList: [String] { model?.parameters.map { "\($0.name): \($0.shape)" } ?? [] }

  /// `name: type` of the last top-level binding of each name; numbers by value.
  var bindingList: [String] {
    guard let model else { return [] }
    return model.bindings.map { binding in
      if let number = model.graph.constant(binding.value), model.graph.type(binding.value) == .scalar {
        return "\(binding.name) = \(number)"
      }
      return "\(binding.name): \(model.graph.type(binding.value))"
    }
  }
}
