import NNSource

/// Thrown once the error is reported: what is being parsed has no tree.
struct ParseFailure: Error {}

/// A recursive-descent parser. Each parse function is headed by its grammar rule (EBNF; quoted words are literal).
///
/// This file holds the cursor: tokens, newlines, brackets, errors and recovery. The rules are in the extensions.
struct Parser {
  let tokens: [Token]
  let comments: [Range<Int>]
  /// The words that begin something, by their place among the tokens; what formatting knows of a text beyond its tokens.
  private(set) var roles: [Int: TokenRole] = [:]
  private let file: Int
  private var position = 0
  private var diagnostics: [Diagnostic]
  private var depth = 0
  private var hasReportedOpenBrace = false
  /// How many `(` and `[` are open: within them line ends mean nothing.
  private var openBrackets = 0
  /// Whether `a..<` may leave its upper end out here: directly within the brackets of an index.
  var allowsOpenSpan = false

  init(bytes: [UInt8], file: Int) {
    var lexer = Lexer(bytes: bytes, file: file)
    lexer.tokenize()
    self.tokens = lexer.tokens
    self.comments = lexer.comments
    self.diagnostics = lexer.diagnostics
    self.file = file
  }

  func finish() -> [Diagnostic] { diagnostics.sortedByPosition() }
}

// MARK: - Cursor

extension Parser {
  var current: Token.Kind { tokens[position].kind }

  /// The token after the current one, past line ends if these mean nothing.
  var following: Token.Kind {
    var index = position + 1
    while openBrackets > 0, index < tokens.count, tokens[index].kind == .newline { index += 1 }
    return index < tokens.count ? tokens[index].kind : .endOfFile
  }

  var currentRange: SourceRange {
    let token = tokens[position]
    switch token.kind {
    case .newline, .endOfFile:
      // Line ends are shown right behind what stands before them.
      let end = lastEnd ?? token.lower
      return SourceRange(file: file, lower: end, upper: end)
    default: return SourceRange(file: file, lower: token.lower, upper: token.upper)
    }
  }

  /// From `start` to the end of the last token taken.
  func range(from start: SourceRange) -> SourceRange {
    SourceRange(file: file, lower: start.lower, upper: max(start.upper, lastEnd ?? start.upper))
  }

  /// Where the last token taken ends, line ends left aside.
  private var lastEnd: Int? {
    tokens[..<position].last { $0.kind != .newline }?.upper
  }

  mutating func mark(_ role: TokenRole) { roles[position] = role }

  func at(_ symbol: Symbol) -> Bool { current == .symbol(symbol) }

  func at(_ word: String) -> Bool { current == .identifier(word) }

  var atStatementEnd: Bool {
    switch current {
    case .newline, .endOfFile, .symbol(.semicolon), .symbol(.rightBrace): true
    default: false
    }
  }

  mutating func advance() {
    if position < tokens.count - 1 { position += 1 }
    if openBrackets > 0 { skipNewlines() }
  }

  mutating func skipNewlines() {
    while current == .newline { position += 1 }
  }

  /// Takes the symbol if it is next.
  mutating func take(_ symbol: Symbol) -> Bool {
    guard at(symbol) else { return false }
    advance()
    return true
  }

  mutating func expect(_ symbol: Symbol, _ purpose: String) throws(ParseFailure) {
    guard take(symbol) else { throw expected("'\(symbol.rawValue)' \(purpose)") }
  }

  /// A pipe goes on on the next line that is neither blank nor a comment, if this begins with `|>`.
  mutating func takePipe() -> Bool {
    if current == .newline, following == .symbol(.pipe) { position += 1 }
    guard take(.pipe) else { return false }
    skipNewlines()
    return true
  }

  /// `else` may stand on the line after the brace.
  mutating func takeElse() -> Bool {
    let isNext = current == .newline && following == .identifier("else")
    let start = isNext ? position + 1 : position
    guard tokens[start].kind == .identifier("else"), start + 1 < tokens.count else { return false }
    guard [.symbol(.leftBrace), .identifier("if")].contains(tokens[start + 1].kind) else { return false }
    position = start + 1
    return true
  }
}

// MARK: - Nesting

extension Parser {
  /// One level deeper for `body`; an error beyond the limit, so that no text can exhaust the stack.
  mutating func enter() throws(ParseFailure) {
    guard depth < SyntaxLimit.depth else {
      throw fail("brackets and operators are nested more than \(SyntaxLimit.depth) deep", help: "give parts of the expression names")
    }
    depth += 1
  }

  mutating func leave() { depth -= 1 }

  /// open [element {"," element} [","]] close
  mutating func parseList<Element>(
    _ open: Symbol, _ close: Symbol, element: (inout Parser) throws(ParseFailure) -> Element
  ) throws(ParseFailure) -> [Element] {
    let opening = currentRange
    let outer = allowsOpenSpan
    allowsOpenSpan = false
    openBrackets += 1
    advance()
    var elements: [Element] = []
    while !at(close) {
      elements.append(try element(&self))
      if at(close) { break }
      guard at(.comma) else { throw unclosed(open, close, at: opening) }
      advance()
    }
    openBrackets -= 1
    allowsOpenSpan = outer
    advance()
    return elements
  }

  private mutating func unclosed(_ open: Symbol, _ close: Symbol, at opening: SourceRange) -> ParseFailure {
    let isAbandoned = current == .endOfFile || at(.rightBrace) || lineBeginsStatement || isBehindNameOfLine
    guard isAbandoned else {
      let help = close == .rightBracket && at(.colon) ? "a slice is written 'a..<b'" : nil
      return expected("',' or '\(close.rawValue)'", help: help)
    }
    return fail("this '\(open.rawValue)' is never closed", at: opening)
  }

  /// Whether this is the `=` of a line's binding, whose name was taken for an operand.
  private var isBehindNameOfLine: Bool {
    guard at(.assign), position > 1, case .identifier = tokens[position - 1].kind else { return false }
    return tokens[position - 2].kind == .newline
  }

  /// Whether the current token begins its line and what follows looks like a statement of its own.
  private var lineBeginsStatement: Bool {
    guard position > 0, tokens[position - 1].kind == .newline, case .identifier(let word) = current else { return false }
    if following == .symbol(.assign) { return true }
    guard Keyword(rawValue: word) != nil, case .identifier = following else { return false }
    return true
  }
}

// MARK: - Errors

extension Parser {
  /// Reports `message` and returns what to throw.
  mutating func fail(_ message: String, at range: SourceRange? = nil, help: String? = nil) -> ParseFailure {
    if diagnostics.count < SyntaxLimit.errors {
      diagnostics.append(.error(message, at: range ?? currentRange, help: help))
    } else if diagnostics.count == SyntaxLimit.errors {
      diagnostics.append(.error("there are more than \(SyntaxLimit.errors) errors; the others are not shown", at: range ?? currentRange))
    }
    return ParseFailure()
  }

  mutating func expected(_ what: String, help: String? = nil) -> ParseFailure {
    if current == .invalid { return ParseFailure() }
    return fail("expected \(what), but found \(current.description)", help: help)
  }

  /// Skips to the end of a statement that cannot be read, with the lines on which its pipe goes on. A body in braces on the way is parsed all the same, for its errors.
  mutating func recover() {
    var open = openBrackets
    openBrackets = 0
    allowsOpenSpan = false
    while true {
      switch current {
      case .endOfFile, .symbol(.rightBrace): return
      case .identifier where open > 0 && lineBeginsStatement: return
      case .newline where open == 0 && following == .symbol(.pipe): break
      case .newline where open == 0, .symbol(.semicolon) where open == 0: return
      case .symbol(.leftParenthesis), .symbol(.leftBracket): open += 1
      case .symbol(.rightParenthesis), .symbol(.rightBracket): open = max(0, open - 1)
      case .symbol(.leftBrace):
        skipBody()
        continue
      default: break
      }
      advance()
    }
  }

  private mutating func skipBody() {
    if depth < SyntaxLimit.depth, (try? parseBody()) != nil { return }
    var open = 0
    repeat {
      if at(.leftBrace) { open += 1 }
      if at(.rightBrace) { open -= 1 }
      if current == .endOfFile { return }
      advance()
    } while open > 0
  }

  /// "{" {statement} "}"
  mutating func parseBraces(_ statement: (inout Parser) throws(ParseFailure) -> Void) throws(ParseFailure) {
    let opening = currentRange
    guard at(.leftBrace) else { throw expected("'{'") }
    try enter()
    defer { leave() }
    advance()
    parseStatements(statement)
    if take(.rightBrace) { return }
    guard !hasReportedOpenBrace else { return }
    hasReportedOpenBrace = true
    _ = fail("this '{' is never closed", at: opening)
  }

  /// {[statement] (newline | ";")}, up to a "}" or the end
  mutating func parseStatements(_ statement: (inout Parser) throws(ParseFailure) -> Void) {
    while current != .endOfFile, !at(.rightBrace) {
      if current == .newline || at(.semicolon) {
        advance()
        continue
      }
      do {
        try statement(&self)
        guard atStatementEnd else { throw expected("the end of the line") }
      } catch {
        recover()
      }
    }
  }

  /// The one thing a text on the command line holds.
  mutating func parseSole<Result>(_ rule: (inout Parser) throws(ParseFailure) -> Result) -> Result? {
    skipNewlines()
    do {
      let result = try rule(&self)
      skipNewlines()
      guard current == .endOfFile else { throw expected("nothing more") }
      return diagnostics.hasErrors ? nil : result
    } catch {
      return nil
    }
  }
}
