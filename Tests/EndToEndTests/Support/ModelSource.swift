import Foundation
import NNElaboration
import NNEmission
import NNGraph
import NNOperations
import NNSchedule
import NNSource
import NNTestSupport
import Testing

/// A model's text and where it came from.
struct ModelSource: Sendable, CustomTestStringConvertible {
  var name: String
  var bytes: [UInt8]

  var testDescription: String { name }

  init(_ name: String, _ text: String) { (self.name, bytes) = (name, Array(text.utf8)) }

  /// A file of `examples/`.
  init(example name: String) throws {
    self.name = "\(name).nn"
    bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: repositoryPath("examples/\(name).nn"))))
  }

  /// Those that are small enough for a plain interpreter.
  static let exampleNames = [
    "gates", "neuron", "norm", "linear", "xor", "digits", "fashion", "patterns", "classifier", "softmax", "relu", "matrix", "backprop",
    "preference", "net342", "net3441", "decay", "perceptron", "neurons", "automaton", "linear_layers", "vae", "gan", "critic", "hello",
    "transformer", "siamese", "lenet",
  ]

  /// Files that it uses are looked for in `examples/`.
  func elaborate() -> Elaboration {
    Elaboration.run(ModelText(name: name, bytes: bytes)) { path in
      guard let data = FileManager.default.contents(atPath: repositoryPath("examples/" + path)) else { return .unreadable("no such file") }
      return .bytes([UInt8](data))
    }
  }

  /// The model, which has to be right.
  func model(_ elaboration: Elaboration? = nil) throws -> Model {
    let elaboration = elaboration ?? elaborate()
    return try #require(elaboration.model, "\(name): \(elaboration.diagnostics.map(\.message))")
  }

  /// Likewise, scheduled as its recipe says.
  func printed(
    entries: [EntryKind]? = nil, batch: Int? = nil, precision: Precision, fusion: Fusion = .everything, name: String? = nil
  ) throws -> PrintedProgram {
    let elaboration = elaborate()
    var model = try self.model(elaboration)
    if let name { model.name = name }
    return PrintedProgram(
      model, optimizer: try Optimizers.make(model.recipe.optimizer), entries: entries, batch: batch ?? model.recipe.batch,
      precision: precision, fusion: fusion, sources: elaboration.sources)
  }
}
