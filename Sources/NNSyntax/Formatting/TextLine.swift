/// A token in its line.
struct PlacedToken {
  let kind: Token.Kind
  let bytes: Range<Int>
  let role: TokenRole?
  /// The line it stands on in the author's text.
  let line: Int
  let last: UInt8
  /// Spaces before it, if it does not begin its line.
  var gap = 0

  /// Whether it begins a statement or a line of the recipe.
  var beginsStatement: Bool {
    switch role {
    case .keyword, .binding, .recipeLine: true
    case .connective, nil: false
    }
  }

  func isSymbol(_ symbol: Symbol) -> Bool { kind == .symbol(symbol) }

  var isOpening: Bool { isSymbol(.leftParenthesis) || isSymbol(.leftBracket) || isSymbol(.leftBrace) }
  var isClosing: Bool { isSymbol(.rightParenthesis) || isSymbol(.rightBracket) || isSymbol(.rightBrace) }
}

/// A line of formatted text: tokens, a comment, or both.
struct TextLine {
  var tokens: [PlacedToken] = []
  var comment: Range<Int>?
  var isAfterBlank = false
  var indent = 0
  /// Spaces between the tokens and the comment.
  var commentGap = 2

  func write(to text: inout [UInt8], from bytes: [UInt8]) {
    if isAfterBlank { text.append(UInt8(ascii: "\n")) }
    text.append(spaces: indent)
    for (index, token) in tokens.enumerated() {
      if index > 0 { text.append(spaces: token.gap) }
      text += bytes[token.bytes]
    }
    if let comment {
      if !tokens.isEmpty { text.append(spaces: commentGap) }
      text += bytes[comment].droppingBlanksAtEnd
    }
    text.append(UInt8(ascii: "\n"))
  }

  /// Where the first `count` tokens end, in bytes.
  func width(ofFirst count: Int) -> Int {
    tokens.prefix(count).enumerated().reduce(indent) { $0 + ($1.offset > 0 ? $1.element.gap : 0) + $1.element.bytes.count }
  }
}

extension [UInt8] {
  fileprivate mutating func append(spaces count: Int) { self += repeatElement(UInt8(ascii: " "), count: count) }
}
