import NNData

/// How a run came about: the operands and options of `nnrun train`, with paths that hold from anywhere.
package struct RunOrigin: Equatable, Sendable {
  package let arguments: [String]

  package init(arguments: [String]) { self.arguments = arguments }

  /// `{"train": ["/models/digits.nn", "--epochs=5"]}`
  var json: JSON { ["train": .array(arguments.map(JSON.string))] }

  init?(_ json: JSON) {
    guard let arguments = json["train"]?.arrayValue else { return nil }
    self.init(arguments: arguments.compactMap(\.stringValue))
  }
}

extension RunFolder {
  /// Nil where it is not known, as of a model that was read from standard input.
  package func origin() throws -> RunOrigin? {
    guard holds(originFile) else { return nil }
    return RunOrigin(try JSON(parsing: ByteBuffer(contentsOf: originFile)))
  }

  func keep(_ origin: RunOrigin) throws { try FileWriter.write(origin.json.text + "\n", to: originFile) }
}
