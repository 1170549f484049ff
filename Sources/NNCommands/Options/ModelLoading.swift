import NNData
import NNElaboration
package import NNGraph
package import NNOperations
package import NNSource

/// A model, checked, with the texts it came from.
package struct LoadedModel: Sendable {
  package var model: Model
  /// The calls that made the model's graph.
  package var calls: [CallRecord]
  package var sources: SourceMap
  /// What paths in the model are relative to.
  package var folder: String
}

extension ModelOptions {
  /// Reads the model and all it uses, and tells the user what is remarkable about it.
  ///
  /// - Parameter recipe: lines that stand in for those of the model's train block.
  /// - Returns: nil for a file that only has blocks and lets for other files to use.
  func load(_ recipe: [RecipeLine] = [], telling console: Console) throws -> LoadedModel? {
    let elaboration = Elaboration.run(
      ModelText(
        name: path, bytes: try bytes(of: path), settings: settings.map { ($0.name, $0.value) },
        recipeLines: recipe.map { ($0.name, $0.text) })
    ) { [folder] name in Self.file(folder.isEmpty ? name : "\(folder)/\(name)") }
    guard !elaboration.diagnostics.hasErrors else { throw Failure(elaboration.diagnostics, in: elaboration.sources) }
    console.warn(about: elaboration.diagnostics, in: elaboration.sources)
    return elaboration.model.map { LoadedModel(model: $0, calls: elaboration.calls, sources: elaboration.sources, folder: folder) }
  }

  /// The same, for commands that need a model to work on.
  func loadModel(_ recipe: [RecipeLine] = [], telling console: Console) throws -> LoadedModel {
    guard let loaded = try load(recipe, telling: console) else {
      throw Failure(
        .bad, "there is no model in it, only blocks and lets", help: "a model has inputs or parameters, and a loss or outputs", file: path)
    }
    return loaded
  }

  private static func file(_ path: String) -> LoadedFile {
    do throws(DataError) {
      return .bytes(try ByteBuffer(contentsOf: path).array)
    } catch {
      return .unreadable(error.message)
    }
  }

  /// Where the model lies; empty for here.
  private var folder: String {
    guard let slash = path.lastIndex(of: "/") else { return "" }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  private func bytes(of path: String) throws -> [UInt8] {
    path == "-" ? try StandardInput.read() : try ByteBuffer(contentsOf: path).array
  }
}
