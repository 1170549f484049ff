import NNSource

/// A word of model text.
struct Token: Sendable {
  enum Kind: Hashable, Sendable {
    case identifier(String)
    case number(Double)
    case string(String)
    case symbol(Symbol)
    case newline
    case endOfFile
    /// Bytes that are no word; the lexer has reported them.
    case invalid
  }

  var kind: Kind
  var lower: Int
  var upper: Int
}

/// Punctuation and operators, by their spelling.
enum Symbol: String, Hashable, Sendable, CaseIterable {
  case leftParenthesis = "("
  case rightParenthesis = ")"
  case leftBracket = "["
  case rightBracket = "]"
  case leftBrace = "{"
  case rightBrace = "}"
  case comma = ","
  case colon = ":"
  case semicolon = ";"
  case dot = "."
  case assign = "="
  case plus = "+"
  case minus = "-"
  case times = "*"
  case divide = "/"
  case remainder = "%"
  case matrixProduct = "@"
  case power = "^"
  case equal = "=="
  case notEqual = "!="
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="
  case pipe = "|>"
  case span = ".."
  case halfOpenSpan = "..<"

  /// Longest spelling first, the order in which the lexer tries them.
  static let bySpelling: [UInt8: [(spelling: [UInt8], symbol: Symbol)]] = {
    let all = allCases.map { (spelling: Array($0.rawValue.utf8), symbol: $0) }.sorted { $0.spelling.count > $1.spelling.count }
    return Dictionary(grouping: all) { $0.spelling[0] }
  }()
}

extension Token.Kind {
  /// How an error message names what stands in the text.
  var description: String {
    switch self {
    case .identifier(let name): "'\(name)'"
    case .number: "a number"
    case .string: "a text in quotes"
    case .symbol(let symbol): "'\(symbol.rawValue)'"
    case .newline: "the end of the line"
    case .endOfFile: "the end of the file"
    case .invalid: "characters that mean nothing"
    }
  }
}

/// What a word does that begins something; the words of expressions have no role.
enum TokenRole: Hashable, Sendable {
  /// Begins a statement.
  case keyword(Keyword)
  /// Begins a binding.
  case binding
  /// Begins a line of the recipe.
  case recipeLine
  /// Has an expression or a statement to its right, but begins nothing: `in`, the `if` of an `else if`.
  case connective
}
