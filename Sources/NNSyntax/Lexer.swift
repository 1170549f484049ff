import NNSource

/// Bounds on what a model file may hold. They are far beyond what people write and keep hostile files from eating memory or stack.
package enum SyntaxLimit {
  package static let tokens = 1_000_000
  package static let nameLength = 200
  /// Brackets, braces and operators within each other.
  package static let depth = 64
  package static let errors = 200
}

/// Cuts bytes into tokens. Any bytes will do: what is no word becomes an ``Token/Kind/invalid`` token and an error.
struct Lexer {
  private let bytes: [UInt8]
  private let file: Int
  private var offset = 0
  private(set) var tokens: [Token] = []
  /// From each `#` to the end of its line.
  private(set) var comments: [Range<Int>] = []
  private(set) var diagnostics: [Diagnostic] = []

  init(bytes: [UInt8], file: Int) {
    self.bytes = bytes
    self.file = file
  }

  /// All tokens of the file, the last one being `endOfFile`.
  mutating func tokenize() {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { offset = 3 }
    while offset < bytes.count {
      if tokens.count >= SyntaxLimit.tokens {
        report("a model may have at most \(SyntaxLimit.tokens) words", from: offset, help: "keep data in files of their own")
        break
      }
      lexToken()
    }
    append(.endOfFile, from: offset)
  }

  private mutating func lexToken() {
    let byte = bytes[offset]
    switch byte {
    case UInt8(ascii: " "), UInt8(ascii: "\t"), 0x0B, 0x0C: offset += 1
    case UInt8(ascii: "\n"), UInt8(ascii: "\r"): lexNewline()
    case UInt8(ascii: "#"): skipComment()
    case UInt8(ascii: "\""): lexString()
    case _ where byte.isDigit || (byte == UInt8(ascii: ".") && peek(1)?.isDigit == true): lexNumber()
    case _ where byte.startsName: lexName()
    default: lexSymbol()
    }
  }

  private func peek(_ distance: Int) -> UInt8? {
    offset + distance < bytes.count ? bytes[offset + distance] : nil
  }

  private mutating func append(_ kind: Token.Kind, from start: Int) {
    tokens.append(Token(kind: kind, lower: start, upper: offset))
  }

  private mutating func report(_ message: String, from start: Int, help: String? = nil) {
    guard diagnostics.count < SyntaxLimit.errors else { return }
    diagnostics.append(.error(message, at: SourceRange(file: file, lower: start, upper: offset), help: help))
  }

  /// Several line ends in a row make one token.
  private mutating func lexNewline() {
    if case .newline? = tokens.last?.kind {
      offset += 1
      return
    }
    offset += 1
    append(.newline, from: offset - 1)
  }

  private mutating func skipComment() {
    let start = offset
    while let byte = peek(0), byte != UInt8(ascii: "\n"), byte != UInt8(ascii: "\r") { offset += 1 }
    comments.append(start..<offset)
  }

  private mutating func lexName() {
    let start = offset
    while let byte = peek(0), byte.continuesName { offset += 1 }
    if offset - start > SyntaxLimit.nameLength {
      report("a name may have at most \(SyntaxLimit.nameLength) letters", from: start)
      append(.invalid, from: start)
    } else {
      append(.identifier(String(decoding: bytes[start..<offset], as: UTF8.self)), from: start)
    }
  }
}

extension Lexer {
  /// number = digits ["." [digits]] [exponent] | "." digits [exponent] ; exponent = ("e" | "E") ["+" | "-"] digits
  private mutating func lexNumber() {
    let start = offset
    skipDigits()
    if peek(0) == UInt8(ascii: "."), peek(1) != UInt8(ascii: ".") {
      offset += 1
      skipDigits()
    }
    if peek(0) == UInt8(ascii: "e") || peek(0) == UInt8(ascii: "E") {
      let signed = peek(1) == UInt8(ascii: "+") || peek(1) == UInt8(ascii: "-")
      if peek(signed ? 2 : 1)?.isDigit == true {
        offset += signed ? 2 : 1
        skipDigits()
      }
    }
    if peek(0)?.continuesName == true { return rejectNumber(from: start) }
    append(numberKind(from: start), from: start)
  }

  private mutating func skipDigits() {
    while peek(0)?.isDigit == true { offset += 1 }
  }

  private mutating func rejectNumber(from start: Int) {
    while peek(0)?.continuesName == true { offset += 1 }
    let text = String(decoding: bytes[start..<min(offset, start + 40)], as: UTF8.self)
    report("'\(text)' is neither a number nor a name", from: start, help: "a product is written with '*', as in '3 * x'")
    append(.invalid, from: start)
  }

  private mutating func numberKind(from start: Int) -> Token.Kind {
    let text = String(decoding: bytes[start..<offset], as: UTF8.self)
    let mantissa = bytes[start..<offset].prefix { $0 != UInt8(ascii: "e") && $0 != UInt8(ascii: "E") }
    let isZero = mantissa.allSatisfy { $0 == UInt8(ascii: "0") || $0 == UInt8(ascii: ".") }
    if isZero { return .number(0) }
    guard let value = Double(text), value.isFinite else {
      report("the number is too large", from: start, help: "the largest is about 1.8e308")
      return .invalid
    }
    if value == 0 {
      report("the number is too small to be told from 0", from: start, help: "the smallest is about 5e-324")
      return .invalid
    }
    return .number(value)
  }

  /// string = '"' {character | '\"' | '\\'} '"', on one line
  private mutating func lexString() {
    let start = offset
    var text: [UInt8] = []
    var problem: (message: String, help: String)?
    offset += 1
    while true {
      guard let byte = peek(0), byte != UInt8(ascii: "\n"), byte != UInt8(ascii: "\r") else {
        report("the text in quotes does not end on its line", from: start, help: "close it with '\"'")
        return append(.invalid, from: start)
      }
      offset += 1
      if byte == UInt8(ascii: "\"") { break }
      var character = byte
      if byte == UInt8(ascii: "\\") {
        if let escaped = peek(0), escaped == UInt8(ascii: "\"") || escaped == UInt8(ascii: "\\") {
          character = escaped
          offset += 1
        } else {
          problem = ("a text in quotes has no special character after '\\'", "a backslash is written '\\\\'")
        }
      } else if byte < 0x20 && byte != UInt8(ascii: "\t") || byte == 0x7F {
        problem = ("a text in quotes cannot hold control characters", "remove it")
      }
      text.append(character)
    }
    guard let string = String(validating: text, as: UTF8.self) else {
      report("the text in quotes is not UTF-8", from: start, help: "save the file as UTF-8")
      return append(.invalid, from: start)
    }
    if let problem { report(problem.message, from: start, help: problem.help) }
    append(problem == nil ? .string(string) : .invalid, from: start)
  }

  private mutating func lexSymbol() {
    let start = offset
    for (spelling, symbol) in Symbol.bySpelling[bytes[start]] ?? [] where bytes[start...].starts(with: spelling) {
      offset += spelling.count
      return append(.symbol(symbol), from: start)
    }
    rejectBytes(from: start)
  }

  /// One error for a run of bytes that mean nothing, so that binary data gives one, not thousands.
  private mutating func rejectBytes(from start: Int) {
    offset += 1
    while let byte = peek(0), !byte.isMeaningful { offset += 1 }
    let text = String(decoding: bytes[start..<offset], as: UTF8.self)
    let first = text.unicodeScalars.first ?? " "
    report(message(about: text, first: first), from: start, help: Self.asciiFor[first].map { "write '\($0)'" })
    append(.invalid, from: start)
  }

  private func message(about text: String, first: Unicode.Scalar) -> String {
    if first.value == 0 { return "the file holds NUL bytes: it is no text" }
    if first.properties.isAlphabetic { return "names are written in ASCII letters, digits and '_'" }
    if first.value < 0x20 || first == "\u{FFFD}" { return "the file holds bytes that are no text in UTF-8" }
    return "'\(text.prefix(20))' means nothing here"
  }

  /// What typing aids and other languages put where this language has an ASCII character.
  private static let asciiFor: [Unicode.Scalar: String] = [
    "\u{201C}": "\"", "\u{201D}": "\"", "\u{2018}": "\"", "\u{2019}": "\"", "'": "\"", "\u{2212}": "-", "\u{2013}": "-", "\u{00D7}": "*",
    "\u{00B7}": "*", "\u{2264}": "<=", "\u{2265}": ">=", "\u{2260}": "!=", "\u{2026}": "..<", "!": "!=", "|": "|>",
  ]
}

extension UInt8 {
  fileprivate var isDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }

  fileprivate var startsName: Bool {
    (self >= UInt8(ascii: "a") && self <= UInt8(ascii: "z")) || (self >= UInt8(ascii: "A") && self <= UInt8(ascii: "Z"))
      || self == UInt8(ascii: "_")
  }

  fileprivate var continuesName: Bool { startsName || isDigit }

  /// Whether a token, a comment or white space may begin with this byte.
  fileprivate var isMeaningful: Bool {
    startsName || isDigit || self == UInt8(ascii: "\"") || self == UInt8(ascii: "#") || Symbol.bySpelling[self] != nil
      || [0x20, 0x09, 0x0A, 0x0B, 0x0C, 0x0D].contains(self)
  }
}
