import NNData

/// How a run came about: the operands and options of `nnrun train`, with paths that hold from anywhere.
package struct RunOrigin: Equatable, Sendable {
  package let arguments: [String]
  /// The fingerprint of the model that they led to.
  package let model: String

  package init(arguments: [String], model: String) {
    self.arguments = arguments
    self.model = model
  }

  /// `{"train": ["--", "/models/digits.nn"], "model": "5f0c"}`
  var json: JSON { ["train": .array(arguments.map(JSON.string)), "model": .string(model)] }

  init?(_ json: JSON) {
    guard let arguments = json["train"]?.arrayValue, let model = json["model"]?.stringValue else { return nil }
    self.init(arguments: arguments.compactMap(\.stringValue), model: model)
  }
}

extension RunFolder {
  /// Nil where it is not known, as of a model that was read from standard input.
  package func origin() throws -> RunOrigin? {
    guard holds(originFile) else { return nil }
    let bytes = try ByteBuffer(contentsOf: originFile)
    do throws(ContentError) {
      return RunOrigin(try JSON(parsing: bytes))
    } catch {
      throw error.inFile(originFile)
    }
  }

  func keep(_ origin: RunOrigin) throws { try FileWriter.write(origin.json.text + "\n", to: originFile) }
}
