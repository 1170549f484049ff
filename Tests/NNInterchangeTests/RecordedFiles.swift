import Foundation
import NNData
import NNInterchange

/// The files that PyTorch wrote.
enum RecordedFiles {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(path: "Fixtures/onnx")

  static let names = [
    "blocks.open", "bothways.fixed", "causal.traced", "lenet.open", "lenet.traced", "mixture.traced", "resnet.open", "tagger.open",
    "transformer.open",
  ]

  static func bytes(_ name: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: folder.appending(path: "\(name).onnx"))) }

  static func imported(_ bytes: [UInt8], extents: [String: Int] = [:]) throws -> ONNXImport.Model {
    try ONNXImport.run(ONNXModel(parsing: ByteBuffer(bytes)), name: "net", extents: extents) { (name) throws(DataError) in
      throw .file(path: name, message: "no such file", help: nil)
    }
  }
}
