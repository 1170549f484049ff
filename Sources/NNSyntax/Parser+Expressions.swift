import NNSource

extension Parser {
  /// expression = comparison {"|>" stage}
  mutating func parseExpression() throws(ParseFailure) -> ExpressionSyntax {
    try enter()
    defer { leave() }
    let start = currentRange
    let first = try parseComparison()
    var stages: [CallSyntax] = []
    while takePipe() { stages.append(try parseStage()) }
    if !stages.isEmpty, let symbol = operatorBehind { throw operatorAfterPipe(symbol) }
    return stages.isEmpty ? first : ExpressionSyntax(kind: .pipe(first, stages), range: range(from: start))
  }

  /// An operator, or the bracket of an index, where an expression should be over.
  private var operatorBehind: Symbol? {
    guard case .symbol(let symbol) = current else { return nil }
    let isOperator = ArithmeticOperator(rawValue: symbol.rawValue) != nil || comparisonOperator != nil
    return isOperator || symbol == .power || symbol == .leftBracket ? symbol : nil
  }

  private mutating func operatorAfterPipe(_ symbol: Symbol) -> ParseFailure {
    let example = symbol == .leftBracket ? "(x |> f)[...]" : "(x |> f) \(symbol.rawValue) ..."
    return fail(
      "'\(symbol.rawValue)' cannot follow a pipe, which takes in all to its left", help: "put the pipe in parentheses: '\(example)'")
  }

  /// stage = name [arguments]
  private mutating func parseStage() throws(ParseFailure) -> CallSyntax {
    guard case .identifier = current else { throw expected("a function or layer after '|>'") }
    let name = try parseFullName()
    let arguments = at(.leftParenthesis) ? try parseArguments() : []
    return CallSyntax(function: name, arguments: arguments, range: range(from: name.range))
  }

  /// comparison = span [("==" | "!=" | "<" | "<=" | ">" | ">=") span]
  private mutating func parseComparison() throws(ParseFailure) -> ExpressionSyntax {
    let start = currentRange
    let left = try parseSpan()
    guard let symbol = comparisonOperator else { return left }
    advance()
    skipNewlines()
    let right = try parseSpan()
    if comparisonOperator != nil {
      throw fail("comparisons cannot be chained", help: "combine two of them: '(a < b) * (b < c)'")
    }
    return ExpressionSyntax(kind: .comparison(left, symbol, right), range: range(from: start))
  }

  private var comparisonOperator: ComparisonOperator? {
    guard case .symbol(let symbol) = current else { return nil }
    return ComparisonOperator(rawValue: symbol.rawValue)
  }

  /// span = sum [("..<" | "..") sum] ; within the brackets of an index either end of "..<" may be missing
  private mutating func parseSpan() throws(ParseFailure) -> ExpressionSyntax {
    let start = currentRange
    let lower = allowsOpenSpan && at(.halfOpenSpan) ? nil : try parseSum()
    guard at(.halfOpenSpan) || at(.span) else {
      guard let lower else { throw expected("an expression") }
      return lower
    }
    let includesUpper = at(.span)
    advance()
    if allowsOpenSpan, at(.rightBracket) || at(.comma) {
      let span = SpanSyntax(lower: lower, upper: nil, includesUpper: includesUpper)
      return ExpressionSyntax(kind: .span(span), range: range(from: start))
    }
    skipNewlines()
    let span = SpanSyntax(lower: lower, upper: try parseSum(), includesUpper: includesUpper)
    return ExpressionSyntax(kind: .span(span), range: range(from: start))
  }

  /// sum = product {("+" | "-") product}
  private mutating func parseSum() throws(ParseFailure) -> ExpressionSyntax {
    let start = currentRange
    let first = try parseProduct()
    var operations: [OperationSyntax] = []
    while let (symbol, place) = try takeOperator(.plus, .minus) {
      operations.append(OperationSyntax(symbol: symbol, symbolRange: place, operand: try parseProduct()))
    }
    return operations.isEmpty ? first : ExpressionSyntax(kind: .operations(first, operations), range: range(from: start))
  }

  /// product = unary {("*" | "/" | "%" | "@") unary}
  private mutating func parseProduct() throws(ParseFailure) -> ExpressionSyntax {
    let start = currentRange
    let first = try parseUnary()
    var operations: [OperationSyntax] = []
    while let (symbol, place) = try takeOperator(.times, .divide, .remainder, .matrixProduct) {
      operations.append(OperationSyntax(symbol: symbol, symbolRange: place, operand: try parseUnary()))
    }
    return operations.isEmpty ? first : ExpressionSyntax(kind: .operations(first, operations), range: range(from: start))
  }

  private mutating func takeOperator(_ symbols: Symbol...) throws(ParseFailure) -> (ArithmeticOperator, SourceRange)? {
    guard case .symbol(let symbol) = current, symbols.contains(symbol) else { return nil }
    guard let arithmetic = ArithmeticOperator(rawValue: symbol.rawValue) else { return nil }
    let place = currentRange
    advance()
    if symbol == .times, at(.times) { throw expected("an expression", help: "a power is written 'x ^ y'") }
    skipNewlines()
    return (arithmetic, place)
  }

  /// unary = "-" unary | power
  private mutating func parseUnary() throws(ParseFailure) -> ExpressionSyntax {
    guard at(.minus) else { return try parsePower() }
    try enter()
    defer { leave() }
    let start = currentRange
    advance()
    let operand = try parseUnary()
    return ExpressionSyntax(kind: .negation(operand), range: range(from: start))
  }

  /// power = postfix ["^" unary]
  private mutating func parsePower() throws(ParseFailure) -> ExpressionSyntax {
    let start = currentRange
    let base = try parsePostfix()
    guard take(.power) else { return base }
    skipNewlines()
    try enter()
    defer { leave() }
    let exponent = try parseUnary()
    return ExpressionSyntax(kind: .power(base, exponent), range: range(from: start))
  }

  /// postfix = primary {"[" index {"," index} "]"}
  private mutating func parsePostfix() throws(ParseFailure) -> ExpressionSyntax {
    let start = currentRange
    var value = try parsePrimary()
    var count = 0
    while at(.leftBracket) {
      count += 1
      guard count <= SyntaxLimit.depth else { throw fail("more than \(SyntaxLimit.depth) indices follow each other") }
      let opening = currentRange
      let indices = try parseList(.leftBracket, .rightBracket) { parser throws(ParseFailure) in try parser.parseIndex() }
      if indices.isEmpty { throw fail("an index is missing between '[' and ']'", at: range(from: opening)) }
      value = ExpressionSyntax(kind: .index(value, indices), range: range(from: start))
    }
    if at(.leftParenthesis) {
      throw fail("only a function, block or layer can be called, by its name", help: "a value goes through a layer by 'x |> dense(10)'")
    }
    return value
  }

  /// index = ":" | "new" | [expression] "..<" [expression] | expression
  private mutating func parseIndex() throws(ParseFailure) -> IndexSyntax {
    let start = currentRange
    if take(.colon) { return IndexSyntax(kind: .all, range: start) }
    if at("new"), following == .symbol(.comma) || following == .symbol(.rightBracket) {
      advance()
      return IndexSyntax(kind: .newAxis, range: start)
    }
    allowsOpenSpan = true
    let value = try parseExpression()
    allowsOpenSpan = false
    guard case .span(let span) = value.kind else { return IndexSyntax(kind: .position(value), range: value.range) }
    guard !span.includesUpper else {
      throw fail("a slice is written with '..<'", at: value.range, help: "its end is not part of it: 'x[0..<5]'")
    }
    return IndexSyntax(kind: .slice(lower: span.lower, upper: span.upper), range: value.range)
  }

  /// primary = number | string | name [arguments] | "(" expression {"," expression} ")" | "[" [expression {"," expression}] "]"
  private mutating func parsePrimary() throws(ParseFailure) -> ExpressionSyntax {
    let start = currentRange
    switch current {
    case .number(let value):
      advance()
      return ExpressionSyntax(kind: .number(value), range: start)
    case .string(let text):
      advance()
      return ExpressionSyntax(kind: .string(text), range: start)
    case .identifier(let word): return try parseNamed(word)
    case .symbol(.leftParenthesis): return try parseParentheses()
    case .symbol(.leftBracket):
      let elements = try parseList(.leftBracket, .rightBracket) { parser throws(ParseFailure) in try parser.parseExpression() }
      return ExpressionSyntax(kind: .list(elements), range: range(from: start))
    case .symbol(.plus): throw expected("an expression", help: "leave the '+' out")
    default: throw expected("an expression")
    }
  }

  private mutating func parseNamed(_ word: String) throws(ParseFailure) -> ExpressionSyntax {
    if case .identifier = following, [.forLoop, .condition, .loop].contains(Keyword(rawValue: word)) {
      let help = word == "for" ? "write 'ys = for t in 0..<n { ... }'" : "bind a name within its braces"
      throw fail("'\(word)' has no value here", help: help)
    }
    let name = try parseFullName()
    guard at(.leftParenthesis) else { return ExpressionSyntax(kind: .name(name.text), range: name.range) }
    let arguments = try parseArguments()
    let call = CallSyntax(function: name, arguments: arguments, range: range(from: name.range))
    return ExpressionSyntax(kind: .call(call), range: call.range)
  }

  private mutating func parseParentheses() throws(ParseFailure) -> ExpressionSyntax {
    let start = currentRange
    let elements = try parseList(.leftParenthesis, .rightParenthesis) { parser throws(ParseFailure) in try parser.parseExpression() }
    let whole = range(from: start)
    guard let first = elements.first else { throw fail("there is nothing between '(' and ')'", at: whole) }
    return elements.count == 1 ? ExpressionSyntax(kind: first.kind, range: whole) : ExpressionSyntax(kind: .tuple(elements), range: whole)
  }

  /// arguments = "(" [argument {"," argument} [","]] ")"
  private mutating func parseArguments() throws(ParseFailure) -> [ArgumentSyntax] {
    try parseList(.leftParenthesis, .rightParenthesis) { parser throws(ParseFailure) in try parser.parseArgument() }
  }

  /// argument = [word ":"] expression
  mutating func parseArgument() throws(ParseFailure) -> ArgumentSyntax {
    guard case .identifier(let word) = current else { return ArgumentSyntax(label: nil, value: try parseExpression()) }
    let place = currentRange
    if following == .symbol(.assign) {
      advance()
      throw fail("an argument is named with ':'", help: "write '\(word): ...'")
    }
    guard following == .symbol(.colon) else { return ArgumentSyntax(label: nil, value: try parseExpression()) }
    advance()
    advance()
    return ArgumentSyntax(label: NameSyntax(text: word, range: place), value: try parseExpression())
  }
}

// MARK: - Names

extension Parser {
  /// name = word
  mutating func parseName(_ what: String) throws(ParseFailure) -> NameSyntax {
    guard case .identifier(let word) = current else { throw expected(what) }
    let place = currentRange
    advance()
    return NameSyntax(text: word, range: place)
  }

  /// full name = word {"." word}
  mutating func parseFullName() throws(ParseFailure) -> NameSyntax {
    var name = try parseName("a name")
    while take(.dot) {
      let part = try parseName("the rest of a parameter's name after '.'")
      name.text += "." + part.text
      name.range = name.range.union(part.range)
      guard name.text.utf8.count <= SyntaxLimit.nameLength else {
        throw fail("a name may have at most \(SyntaxLimit.nameLength) letters", at: name.range)
      }
    }
    return name
  }
}
