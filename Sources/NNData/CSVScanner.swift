/// Splits CSV text into records and fields.
///
/// Fields are separated by commas; one in double quotes may hold commas, line ends, and double quotes written twice. Lines end
/// with LF or CR LF.
struct CSVScanner {
  /// Where a field is in the bytes, without its quotes.
  struct Field {
    let start: Int
    let end: Int
    let isQuoted: Bool
  }

  private static let comma = UInt8(ascii: ",")
  private static let quote = UInt8(ascii: "\"")
  private static let newline = UInt8(ascii: "\n")
  private static let carriageReturn = UInt8(ascii: "\r")
  private static let fieldLimit = 1_000_000

  private var position: Int
  /// The line after the last record that was read.
  private var nextLine = 1
  /// The line on which the record that was read last begins.
  private(set) var line = 0

  init(_ bytes: Span<UInt8>) {
    let hasMark = bytes.count >= 3 && bytes[0] == 0xEF && bytes[1] == 0xBB && bytes[2] == 0xBF
    position = hasMark ? 3 : 0
  }

  /// Reads the next record into `fields`; false at the end of the text. Empty lines are allowed there only.
  mutating func next(_ bytes: Span<UInt8>, into fields: inout [Field]) throws(ContentError) -> Bool {
    fields.removeAll(keepingCapacity: true)
    line = nextLine
    guard !isAtEnd(bytes) else { return false }
    if isLineEnd(bytes, at: position) { throw ContentError("an empty line in the middle of the data", place: "line \(line)") }
    while true {
      guard fields.count < Self.fieldLimit else { throw ContentError("more than \(Self.fieldLimit) fields", place: "line \(line)") }
      fields.append(try field(bytes))
      if position < bytes.count && bytes[position] == Self.comma {
        position += 1
      } else {
        break
      }
    }
    passLineEnd(bytes)
    return true
  }

  /// field = plain text up to a comma or the end of the line | quoted text
  private mutating func field(_ bytes: Span<UInt8>) throws(ContentError) -> Field {
    if position < bytes.count && bytes[position] == Self.quote { return try quotedField(bytes) }
    let start = position
    while position < bytes.count {
      let byte = bytes[position]
      if byte == Self.comma || byte == Self.newline { break }
      position += 1
    }
    let end = position > start && position < bytes.count && bytes[position] == Self.newline && bytes[position - 1] == Self.carriageReturn
    return Field(start: start, end: end ? position - 1 : position, isQuoted: false)
  }

  private mutating func quotedField(_ bytes: Span<UInt8>) throws(ContentError) -> Field {
    let place = nextLine
    let start = position + 1
    position = start
    while position < bytes.count {
      let byte = bytes[position]
      if byte == Self.newline { nextLine += 1 }
      if byte == Self.quote {
        guard position + 1 < bytes.count && bytes[position + 1] == Self.quote else { break }
        position += 1
      }
      position += 1
    }
    guard position < bytes.count else { throw ContentError("a quoted field does not end", place: "line \(place)") }
    let field = Field(start: start, end: position, isQuoted: true)
    position += 1
    guard position == bytes.count || bytes[position] == Self.comma || isLineEnd(bytes, at: position) else {
      throw ContentError("a quoted field is followed by neither a comma nor the end of the line", place: "line \(nextLine)")
    }
    return field
  }

  private func isLineEnd(_ bytes: Span<UInt8>, at index: Int) -> Bool {
    guard index < bytes.count else { return false }
    return bytes[index] == Self.newline
      || (bytes[index] == Self.carriageReturn && (index + 1 == bytes.count || bytes[index + 1] == Self.newline))
  }

  private mutating func passLineEnd(_ bytes: Span<UInt8>) {
    if position < bytes.count && bytes[position] == Self.carriageReturn { position += 1 }
    if position < bytes.count && bytes[position] == Self.newline { position += 1 }
    nextLine += 1
  }

  /// Whether nothing but line ends is left.
  private func isAtEnd(_ bytes: Span<UInt8>) -> Bool {
    var index = position
    while index < bytes.count && (bytes[index] == Self.newline || bytes[index] == Self.carriageReturn) { index += 1 }
    return index == bytes.count
  }

  /// The text of a field, or nil where it is not UTF-8.
  static func text(_ field: Field, in bytes: Span<UInt8>) -> String? {
    let raw = bytes.extracting(field.start..<field.end).withUnsafeBufferPointer { String(validating: $0, as: UTF8.self) }
    return field.isQuoted ? raw?.split(separator: "\"\"", omittingEmptySubsequences: false).joined(separator: "\"") : raw
  }
}
