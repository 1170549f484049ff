import Glibc
import Testing

/// The models of `examples/` and of the documentation.
enum ModelTexts {
  struct Named: CustomTestStringConvertible, Sendable {
    var name: String
    var text: String

    var bytes: [UInt8] { Array(text.utf8) }
    var testDescription: String { name }
  }

  static let ofRepository: [Named] = examples + documented

  private static let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")

  private static let examples: [Named] = {
    guard let folder = opendir("\(root)/examples") else { return [] }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      names.append(withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) })
    }
    return names.filter { $0.hasSuffix(".nn") }.sorted().map { Named(name: $0, text: read("examples/\($0)")) }
  }()

  /// The fenced blocks of the language's page.
  private static let documented: [Named] = {
    var blocks: [Named] = []
    var isOpen = false
    for (number, line) in read("docs/LANGUAGE.md").split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      if line.hasPrefix("```nn") { blocks.append(Named(name: "LANGUAGE.md:\(number + 1)", text: "")) }
      if !line.hasPrefix("```"), isOpen { blocks[blocks.count - 1].text += line + "\n" }
      if line.hasPrefix("```") { isOpen = line.hasPrefix("```nn") }
    }
    return blocks
  }()

  private static func read(_ path: String) -> String {
    guard let file = fopen("\(root)/\(path)", "r") else { return "" }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { bytes += buffer[..<count] }
    return String(decoding: bytes, as: UTF8.self)
  }
}
