extension JSON {
  /// Reads a text that is exactly one JSON value.
  ///
  /// Stricter than most: an object may not name a member twice, and numbers beyond the range of Double are errors.
  package init(parsing bytes: ByteBuffer, valueLimit: Int = 10_000_000) throws(ContentError) {
    self = try bytes.withSpan { (span) throws(ContentError) in
      try JSONParser.parse(span, valueLimit: valueLimit)
    }
  }

  package init(parsing text: String) throws(ContentError) {
    try self.init(parsing: ByteBuffer(Array(text.utf8)))
  }
}

/// A recursive-descent parser. Every function gets the bytes anew, since a span cannot be stored.
private struct JSONParser {
  private static let depthLimit = 64
  private var position = 0
  private var depth = 0
  private var valuesLeft: Int

  static func parse(_ bytes: Span<UInt8>, valueLimit: Int) throws(ContentError) -> JSON {
    var parser = JSONParser(valuesLeft: valueLimit)
    let value = try parser.value(bytes)
    parser.skipSpace(bytes)
    guard parser.position == bytes.count else { throw parser.unexpected(bytes, "the end") }
    return value
  }

  private init(valuesLeft: Int) { self.valuesLeft = valuesLeft }

  /// value = object | array | string | number | "true" | "false" | "null"
  private mutating func value(_ bytes: Span<UInt8>) throws(ContentError) -> JSON {
    skipSpace(bytes)
    valuesLeft -= 1
    guard valuesLeft >= 0 else { throw ContentError("the JSON text holds too many values", place: place) }
    switch peek(bytes) {
    case UInt8(ascii: "{"): return .object(try nested(bytes) { (parser, bytes) throws(ContentError) in try parser.members(bytes) })
    case UInt8(ascii: "["): return .array(try nested(bytes) { (parser, bytes) throws(ContentError) in try parser.elements(bytes) })
    case UInt8(ascii: "\""): return .string(try string(bytes))
    case UInt8(ascii: "t"): return try word("true", .bool(true), bytes)
    case UInt8(ascii: "f"): return try word("false", .bool(false), bytes)
    case UInt8(ascii: "n"): return try word("null", .null, bytes)
    case let byte? where byte == UInt8(ascii: "-") || Self.isDigit(byte): return try number(bytes)
    default: throw unexpected(bytes, "a JSON value")
    }
  }

  private mutating func nested<Result>(
    _ bytes: Span<UInt8>, _ body: (inout JSONParser, Span<UInt8>) throws(ContentError) -> Result
  ) throws(ContentError) -> Result {
    depth += 1
    guard depth <= Self.depthLimit else { throw ContentError("the JSON text is nested too deeply", place: place) }
    position += 1
    let result = try body(&self, bytes)
    depth -= 1
    return result
  }

  /// members = [string ":" value {"," string ":" value}] "}"
  private mutating func members(_ bytes: Span<UInt8>) throws(ContentError) -> [JSON.Member] {
    var members: [JSON.Member] = []
    var names: Set<String> = []
    while try !atEnd(UInt8(ascii: "}"), isFirst: members.isEmpty, bytes) {
      skipSpace(bytes)
      guard peek(bytes) == UInt8(ascii: "\"") else { throw unexpected(bytes, "a member's name") }
      let start = position
      let name = try string(bytes)
      guard names.insert(name).inserted else { throw ContentError("the member '\(name)' occurs twice", place: "byte \(start)") }
      skipSpace(bytes)
      guard peek(bytes) == UInt8(ascii: ":") else { throw unexpected(bytes, "':'") }
      position += 1
      members.append(JSON.Member(name, try value(bytes)))
    }
    return members
  }

  /// elements = [value {"," value}] "]"
  private mutating func elements(_ bytes: Span<UInt8>) throws(ContentError) -> [JSON] {
    var values: [JSON] = []
    while try !atEnd(UInt8(ascii: "]"), isFirst: values.isEmpty, bytes) { values.append(try value(bytes)) }
    return values
  }

  /// Passes the closing bracket, or the comma that has to stand before any but the first.
  private mutating func atEnd(_ bracket: UInt8, isFirst: Bool, _ bytes: Span<UInt8>) throws(ContentError) -> Bool {
    skipSpace(bytes)
    if peek(bytes) == bracket {
      position += 1
      return true
    }
    guard !isFirst else { return false }
    guard peek(bytes) == UInt8(ascii: ",") else { throw unexpected(bytes, "',' or '\(Character(Unicode.Scalar(bracket)))'") }
    position += 1
    return false
  }

  private mutating func word(_ word: String, _ value: JSON, _ bytes: Span<UInt8>) throws(ContentError) -> JSON {
    for byte in word.utf8 {
      guard peek(bytes) == byte else { throw unexpected(bytes, "'\(word)'") }
      position += 1
    }
    return value
  }
}

extension JSONParser {
  /// number = ["-"] ("0" | digit1-9 {digit}) ["." digits] [("e" | "E") ["+" | "-"] digits]
  private mutating func number(_ bytes: Span<UInt8>) throws(ContentError) -> JSON {
    let start = position
    if peek(bytes) == UInt8(ascii: "-") { position += 1 }
    if peek(bytes) == UInt8(ascii: "0") { position += 1 } else { try digits(bytes) }
    let wholeEnd = position
    if peek(bytes) == UInt8(ascii: ".") {
      position += 1
      try digits(bytes)
    }
    if peek(bytes) == UInt8(ascii: "e") || peek(bytes) == UInt8(ascii: "E") {
      position += 1
      if peek(bytes) == UInt8(ascii: "+") || peek(bytes) == UInt8(ascii: "-") { position += 1 }
      try digits(bytes)
    }
    let text = Self.text(bytes.extracting(start..<position)) ?? ""
    if position == wholeEnd, let integer = Int(text), text != "-0" { return .integer(integer) }
    guard let value = Double(text), value.isFinite else {
      throw ContentError("the number \(text.prefix(40)) is out of range", place: "byte \(start)")
    }
    return .number(value)
  }

  private mutating func digits(_ bytes: Span<UInt8>) throws(ContentError) {
    let start = position
    while let byte = peek(bytes), Self.isDigit(byte) { position += 1 }
    guard position > start else { throw unexpected(bytes, "a digit") }
  }

  private mutating func string(_ bytes: Span<UInt8>) throws(ContentError) -> String {
    let start = position
    position += 1
    var result: [UInt8] = []
    while let byte = peek(bytes), byte != UInt8(ascii: "\"") {
      guard byte >= 32 else { throw ContentError("a string holds a control character", place: place) }
      if byte == UInt8(ascii: "\\") {
        result += try escape(bytes)
      } else {
        result.append(byte)
        position += 1
      }
    }
    guard position < bytes.count else { throw ContentError("a string does not end", place: "byte \(start)") }
    position += 1
    guard let text = String(validating: result, as: UTF8.self) else { throw ContentError("a string is not UTF-8", place: "byte \(start)") }
    return text
  }

  /// escape = "\" ('"' | "\" | "/" | "b" | "f" | "n" | "r" | "t" | "u" 4 hexadecimal digits)
  private mutating func escape(_ bytes: Span<UInt8>) throws(ContentError) -> [UInt8] {
    position += 1
    guard let letter = peek(bytes) else { throw unexpected(bytes, "an escape") }
    if let byte = Self.escapes[letter] {
      position += 1
      return [byte]
    }
    guard letter == UInt8(ascii: "u") else { throw unexpected(bytes, "an escape") }
    position += 1
    return Array(String(Character(try scalar(bytes))).utf8)
  }

  private static let escapes: [UInt8: UInt8] = [
    UInt8(ascii: "\""): 34, UInt8(ascii: "\\"): 92, UInt8(ascii: "/"): 47, UInt8(ascii: "b"): 8,
    UInt8(ascii: "f"): 12, UInt8(ascii: "n"): 10, UInt8(ascii: "r"): 13, UInt8(ascii: "t"): 9,
  ]

  /// The scalar of one `\u` escape, or of two that form a surrogate pair.
  private mutating func scalar(_ bytes: Span<UInt8>) throws(ContentError) -> Unicode.Scalar {
    let start = position
    let first = try hexadecimal(bytes)
    if let scalar = Unicode.Scalar(first) { return scalar }
    if first < 0xDC00, peek(bytes) == UInt8(ascii: "\\") {
      position += 1
      if peek(bytes) == UInt8(ascii: "u") {
        position += 1
        let second = try hexadecimal(bytes)
        if (0xDC00..<0xE000).contains(second), let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)) {
          return scalar
        }
      }
    }
    throw ContentError("half a surrogate pair", place: "byte \(start)")
  }

  private mutating func hexadecimal(_ bytes: Span<UInt8>) throws(ContentError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = peek(bytes), let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw unexpected(bytes, "a hexadecimal digit")
      }
      value = value << 4 | UInt32(digit)
      position += 1
    }
    return value
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
  }

  private func peek(_ bytes: Span<UInt8>) -> UInt8? {
    position < bytes.count ? bytes[position] : nil
  }

  private mutating func skipSpace(_ bytes: Span<UInt8>) {
    while let byte = peek(bytes), byte == 32 || byte == 9 || byte == 10 || byte == 13 { position += 1 }
  }

  private var place: String { "byte \(position)" }

  private func unexpected(_ bytes: Span<UInt8>, _ wanted: String) -> ContentError {
    guard let byte = peek(bytes) else { return ContentError("the JSON text ends where \(wanted) should be", place: place) }
    let found = (33..<127).contains(byte) ? "'\(Character(Unicode.Scalar(byte)))'" : "byte \(byte)"
    return ContentError("\(found) stands where \(wanted) should be", place: place)
  }

  private static func text(_ bytes: Span<UInt8>) -> String? {
    bytes.withUnsafeBufferPointer { String(validating: $0, as: UTF8.self) }
  }
}
