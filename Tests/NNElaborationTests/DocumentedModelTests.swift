import Glibc
import NNElaboration
import NNGraph
import NNSource
import Testing

/// The models of the documentation and of `examples/`.
@Suite struct DocumentedModelTests {
  /// A fenced block of a page: its info string and its text.
  struct Block: CustomTestStringConvertible, Sendable {
    var info: String
    var text: String

    var testDescription: String { text }
  }

  static let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")

  static func read(_ path: String) -> String? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { bytes += buffer[..<count] }
    return String(decoding: bytes, as: UTF8.self)
  }

  static let blocks: [Block] = {
    var blocks: [Block] = []
    var open: Block?
    for line in (read(root + "/docs/LANGUAGE.md") ?? "").split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("```") {
        if let block = open { blocks.append(block) }
        open = open == nil ? Block(info: String(line.dropFirst(3)), text: "") : nil
      } else {
        open?.text += line + "\n"
      }
    }
    return blocks
  }()

  static let models = blocks.filter { $0.info.hasPrefix("nn") }

  @Test func thePageHasModels() {
    #expect(Self.models.count >= 15)
  }

  @Test(arguments: models)
  func documentedModelCompiles(_ block: Block) {
    var files: [String: String] = [:]
    for file in Self.blocks where file.info.hasPrefix("nn file ") { files[String(file.info.dropFirst(8))] = file.text }
    let result = elaborate(block.text, files: files)
    #expect(result.report == "")
    #expect((result.model == nil) == block.info.hasPrefix("nn file"))
  }

  @Test(arguments: ["gates", "neuron", "norm", "linear", "xor", "digits", "fashion"])
  func exampleCompiles(_ name: String) throws {
    let text = try #require(Self.read("\(Self.root)/examples/\(name).nn"))
    let result = elaborate(text)
    #expect(result.report == "")
    #expect(result.model?.name == name)
    #expect(result.model?.losses.isEmpty == false)
  }
}
