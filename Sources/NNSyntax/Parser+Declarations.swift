import NNSource

extension Parser {
  /// declaration = "model" name | "use" string | "let" name "=" expression | ("input" | "target") name ":" type
  ///   | ("param" | "state") variable | "next" name "=" expression | "layer" name "=" expression | block
  mutating func parseDeclaration(_ keyword: Keyword) throws(ParseFailure) -> StatementSyntax.Kind {
    switch keyword {
    case .model: return .model(try parseName("the name of the model after 'model'"))
    case .use: return .use(try parsePath())
    case .input, .target:
      let (name, type) = try parseTyped(keyword)
      return keyword == .input ? .input(name, type) : .target(name, type)
    case .parameter: return .parameter(try parseVariable(keyword))
    case .state: return .state(try parseVariable(keyword))
    case .block: return .block(try parseBlock())
    default:
      let (name, value) = try parseDefinition(keyword)
      switch keyword {
      case .constant: return .constant(name, value)
      case .layer: return .layer(name, value)
      default: return .next(name, value)
      }
    }
  }

  private mutating func parsePath() throws(ParseFailure) -> StringSyntax {
    guard case .string(let text) = current else { throw expected("a file in quotes after 'use'", help: "write 'use \"blocks.nn\"'") }
    let place = currentRange
    advance()
    return StringSyntax(text: text, range: place)
  }

  private mutating func parseDefinition(_ keyword: Keyword) throws(ParseFailure) -> (NameSyntax, ExpressionSyntax) {
    let name = try parseName("a name after '\(keyword.rawValue)'")
    try expect(.assign, "after '\(keyword.rawValue) \(name.text)'")
    return (name, try parseExpression())
  }

  private mutating func parseTyped(_ keyword: Keyword) throws(ParseFailure) -> (NameSyntax, TypeSyntax) {
    let name = try parseName("a name after '\(keyword.rawValue)'")
    try expect(.colon, "and a shape after '\(keyword.rawValue) \(name.text)'")
    return (name, try parseType())
  }

  /// type = shape ["of" class] | class ; class = "class" "(" expression ")"
  private mutating func parseType() throws(ParseFailure) -> TypeSyntax {
    let start = currentRange
    guard at(.leftBracket) else {
      let classes = try parseClass()
      return TypeSyntax(shape: nil, classes: classes, range: range(from: start))
    }
    let shape = try parseShape()
    guard at("of") else { return TypeSyntax(shape: shape, classes: nil, range: shape.range) }
    advance()
    let classes = try parseClass()
    return TypeSyntax(shape: shape, classes: classes, range: range(from: start))
  }

  private mutating func parseClass() throws(ParseFailure) -> ExpressionSyntax {
    let help = "a type is a shape such as '[3, 32, 32]', or 'class(10)', or '[32] of class(10)'"
    guard at("class"), following == .symbol(.leftParenthesis) else {
      guard case .identifier(let word) = current else { throw expected("a type", help: help) }
      throw expected("a type", help: didYouMean(word, among: ["class"]) ?? help)
    }
    advance()
    let start = currentRange
    let counts = try parseList(.leftParenthesis, .rightParenthesis) { parser throws(ParseFailure) in try parser.parseExpression() }
    guard let count = counts.first, counts.count == 1 else {
      throw fail("'class' takes one number, that of the classes", at: range(from: start), help: help)
    }
    return count
  }

  /// shape = "[" [expression {"," expression}] "]"
  private mutating func parseShape() throws(ParseFailure) -> ShapeSyntax {
    let start = currentRange
    guard at(.leftBracket) else { throw expected("a shape", help: "a shape is written '[3, 32, 32]', that of a single number '[]'") }
    let extents = try parseList(.leftBracket, .rightBracket) { parser throws(ParseFailure) in try parser.parseExpression() }
    return ShapeSyntax(extents: extents, range: range(from: start))
  }

  /// variable = name [":" shape] "=" expression
  private mutating func parseVariable(_ keyword: Keyword) throws(ParseFailure) -> VariableSyntax {
    let name = try parseName("a name after '\(keyword.rawValue)'")
    let shape = take(.colon) ? try parseShape() : nil
    guard at(.assign) else {
      let example = keyword == .parameter ? "normal(0.1)" : "zeros"
      throw expected("'=' and an initial value", help: "write '\(keyword.rawValue) \(name.text): [10] = \(example)'")
    }
    advance()
    return VariableSyntax(name: name, shape: shape, initial: try parseExpression())
  }

  /// block = "block" name "(" [word ["=" expression] {"," word ["=" expression]}] ")" body
  private mutating func parseBlock() throws(ParseFailure) -> BlockSyntax {
    let name = try parseName("a name after 'block'")
    guard at(.leftParenthesis) else { throw expected("'(' and the block's parameters") }
    let parameters = try parseList(.leftParenthesis, .rightParenthesis) { parser throws(ParseFailure) in try parser.parseBlockParameter() }
    return BlockSyntax(name: name, parameters: parameters, body: try parseBody())
  }

  private mutating func parseBlockParameter() throws(ParseFailure) -> BlockSyntax.Parameter {
    let name = try parseName("the name of a parameter")
    if at(.colon) { throw expected("'='", help: "a default is written '\(name.text) = 1'") }
    let initial = take(.assign) ? try parseExpression() : nil
    return BlockSyntax.Parameter(name: name, initial: initial)
  }
}
