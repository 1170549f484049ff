package import NNSource

/// Comments that name lines of the model.
package struct SourceComment: Sendable {
  private let sources: SourceMap
  private static let longest = 110

  package init(_ sources: SourceMap) { self.sources = sources }

  /// `digits.nn:9`, without folders, so that a program does not depend on where its model lies.
  package func place(_ range: SourceRange) -> String? {
    guard let (file, line) = line(of: range) else { return nil }
    return "\(baseName(file)):\(line)"
  }

  /// `digits.nn:9  h = image |> dense(hidden)` for each line that the ranges begin on, once each.
  package func lines(_ ranges: [SourceRange]) -> [String] {
    var seen: Set<String> = []
    var result: [String] = []
    for range in ranges {
      guard let (file, line) = line(of: range), seen.insert("\(range.file):\(line)").inserted else { continue }
      let text = Self.sanitized(file.text(file.byteRange(ofLine: line)))
      result.append(text.isEmpty ? "\(baseName(file)):\(line)" : "\(baseName(file)):\(line)  \(text)")
    }
    return result
  }

  /// `digits.nn:9` for each line that the ranges begin on, once each.
  func places(_ ranges: [SourceRange]) -> [String] {
    var seen: Set<String> = []
    return ranges.compactMap(place).filter { seen.insert($0).inserted }
  }

  private func line(of range: SourceRange) -> (SourceFile, Int)? {
    guard sources.files.indices.contains(range.file) else { return nil }
    let file = sources.files[range.file]
    return (file, file.line(at: range.lower))
  }

  private func baseName(_ file: SourceFile) -> String {
    Self.sanitized(file.name.split(separator: "/").last.map(String.init) ?? file.name)
  }

  /// Text that can stand in a C comment whatever it holds: printable ASCII, no line splices, nothing that begins or ends a comment, no trigraphs.
  static func sanitized(_ text: String) -> String {
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      if bytes.count >= longest { break }
      let isPrintable = byte >= 32 && byte < 127 && byte != UInt8(ascii: "\\")
      let next = isPrintable ? byte : byte == 9 ? 32 : UInt8(ascii: "?")
      if let last = bytes.last, splits(last, next) { bytes.append(UInt8(ascii: " ")) }
      bytes.append(next)
    }
    while bytes.first == 32 { bytes.removeFirst() }
    while bytes.last == 32 { bytes.removeLast() }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func splits(_ last: UInt8, _ next: UInt8) -> Bool {
    let (star, slash, question) = (UInt8(ascii: "*"), UInt8(ascii: "/"), UInt8(ascii: "?"))
    return (last == star && next == slash) || (last == slash && next == star) || (last == question && next == question)
  }
}
