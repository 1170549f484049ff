/// Walks over C text and finds identifiers. Comments that begin with `//` count as text between identifiers.
struct TokenScanner {
  enum Piece {
    case identifier(Range<Int>)
    case other(Range<Int>)
    case comment(Range<Int>)
  }

  private let bytes: [UInt8]
  private var position: Int
  private let end: Int

  init(_ bytes: [UInt8], in range: Range<Int>) {
    self.bytes = bytes
    position = range.lowerBound
    end = range.upperBound
  }

  mutating func next() -> Piece? {
    guard position < end else { return nil }
    let start = position
    if isComment(position) {
      while position < end, bytes[position] != UInt8(ascii: "\n") { position += 1 }
      return .comment(start..<position)
    }
    if CIdentifier.isPart(bytes[position]) {
      // A number with its suffix is one word too, so that `2e` of a literal is never taken for a name.
      while position < end, CIdentifier.isPart(bytes[position]) { position += 1 }
      return CIdentifier.isStart(bytes[start]) ? .identifier(start..<position) : .other(start..<position)
    }
    while position < end, !CIdentifier.isPart(bytes[position]), position == start || !isComment(position) { position += 1 }
    return .other(start..<position)
  }

  private func isComment(_ index: Int) -> Bool {
    index + 1 < end && bytes[index] == UInt8(ascii: "/") && bytes[index + 1] == UInt8(ascii: "/")
  }

  static func identifiers(in text: String) -> Set<String> {
    let bytes = Array(text.utf8)
    var scanner = TokenScanner(bytes, in: bytes.indices)
    var result: Set<String> = []
    while let piece = scanner.next() {
      if case .identifier(let range) = piece { result.insert(String(decoding: bytes[range], as: UTF8.self)) }
    }
    return result
  }
}
