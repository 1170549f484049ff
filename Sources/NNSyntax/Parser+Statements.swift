import NNSource

extension Parser {
  /// model = {[statement] (newline | ";")}
  mutating func parseModel() -> [StatementSyntax] {
    var statements: [StatementSyntax] = []
    while true {
      parseStatements { parser throws(ParseFailure) in statements.append(try parser.parseStatement()) }
      guard at(.rightBrace) else { return statements }
      _ = fail("this '}' closes nothing")
      advance()
    }
  }

  /// body = "{" {[statement] (newline | ";")} "}"
  mutating func parseBody() throws(ParseFailure) -> [StatementSyntax] {
    var statements: [StatementSyntax] = []
    try parseBraces { parser throws(ParseFailure) in statements.append(try parser.parseStatement()) }
    return statements
  }

  private mutating func parseStatement() throws(ParseFailure) -> StatementSyntax {
    let start = currentRange
    let kind = try parseStatementKind()
    return StatementSyntax(kind: kind, range: range(from: start))
  }

  /// statement = binding | declaration | control | "yield" expression | "return" expression | result
  private mutating func parseStatementKind() throws(ParseFailure) -> StatementSyntax.Kind {
    guard case .identifier(let word) = current else {
      if at(.leftParenthesis) {
        mark(.binding)
        return .binding(try parseTupleBinding())
      }
      throw expected("a statement")
    }
    if following == .symbol(.assign) {
      mark(.binding)
      return .binding(try parseBinding())
    }
    guard let keyword = Keyword(rawValue: word) else { throw notAStatement(word) }
    let place = currentRange
    mark(.keyword(keyword))
    advance()
    switch keyword {
    case .model, .use, .constant, .input, .target, .parameter, .state, .next, .layer, .block: return try parseDeclaration(keyword)
    case .loop: return .loop(count: try parseExpression(), body: try parseBody())
    case .forLoop: return .forLoop(try parseFor())
    case .condition: return .condition(try parseCondition(from: place))
    case .yield: return .yield(try parseExpression())
    case .returning: return .return(try parseExpression())
    case .loss, .metric, .output: return try parseResult(keyword)
    case .train: return .train(try parseRecipe())
    }
  }

  /// A line that begins with a word that is neither a keyword nor bound by it.
  private mutating func notAStatement(_ word: String) -> ParseFailure {
    let place = currentRange
    if case .identifier = following {
      return fail("'\(word)' does not begin a statement", help: didYouMean(word, among: Keyword.allCases.map(\.rawValue)))
    }
    if following == .symbol(.colon) || following == .symbol(.leftBrace) {
      let otherwise = word == "else" ? "'else' follows the '}' of an 'if'" : "inputs are declared by 'input \(word): [64]'"
      let keywords = Keyword.allCases.map(\.rawValue)
      let failure = fail("'\(word)' does not begin a statement", help: didYouMean(word, among: keywords) ?? otherwise)
      if following == .symbol(.leftBrace), nearestName(to: word, among: keywords) == Keyword.train.rawValue {
        // The lines of a recipe are none of a model.
        advance()
        _ = try? parseRecipe()
      }
      return failure
    }
    guard (try? parseExpression()) != nil else { return ParseFailure() }
    guard atStatementEnd else { return expected("the end of the line") }
    return fail("the value of this line is not used", at: range(from: place), help: "give it a name: 'h = ...'")
  }

  /// binding = (name | "(" name "," name {"," name} ")") "=" (expression | for)
  private mutating func parseBinding() throws(ParseFailure) -> BindingSyntax {
    let name = try parseName("a name")
    advance()
    return BindingSyntax(names: [name], value: try parseBindingValue())
  }

  private mutating func parseTupleBinding() throws(ParseFailure) -> BindingSyntax {
    let start = currentRange
    let names = try parseList(.leftParenthesis, .rightParenthesis) { parser throws(ParseFailure) in
      try parser.parseName("a name: a line that begins with '(' binds several names")
    }
    guard names.count > 1 else { throw fail("'(a, b) = ...' binds two names or more", at: range(from: start)) }
    try expect(.assign, "after the names")
    return BindingSyntax(names: names, value: try parseBindingValue())
  }

  private mutating func parseBindingValue() throws(ParseFailure) -> BindingSyntax.Value {
    guard at("for"), case .identifier = following else { return .expression(try parseExpression()) }
    let start = currentRange
    advance()
    let loop = try parseFor()
    return .loop(loop, range: range(from: start))
  }

  /// for = "for" name "in" expression body
  private mutating func parseFor() throws(ParseFailure) -> ForSyntax {
    let variable = try parseName("the name that counts after 'for'")
    guard at("in") else { throw expected("'in' after 'for \(variable.text)'", help: "write 'for \(variable.text) in 0..<n { ... }'") }
    mark(.connective)
    advance()
    let items = try parseExpression()
    return ForSyntax(variable: variable, items: items, body: try parseBody())
  }

  /// if = "if" expression body ["else" (if | body)]
  private mutating func parseCondition(from start: SourceRange) throws(ParseFailure) -> ConditionSyntax {
    var branches = [(range: start, condition: try parseExpression(), body: try parseBody())]
    var otherwise: [StatementSyntax] = []
    while takeElse() {
      let place = currentRange
      guard at("if") else {
        otherwise = try parseBody()
        break
      }
      mark(.connective)
      advance()
      branches.append((range: place, condition: try parseExpression(), body: try parseBody()))
      guard branches.count <= SyntaxLimit.depth else { throw fail("more than \(SyntaxLimit.depth) branches follow each other", at: place) }
    }
    return nest(branches, otherwise: otherwise)
  }

  /// `else if` is an `if` within `else`; branches are parsed in a row to spare the stack.
  private func nest(
    _ branches: [(range: SourceRange, condition: ExpressionSyntax, body: [StatementSyntax])], otherwise: [StatementSyntax]
  ) -> ConditionSyntax {
    var result = ConditionSyntax(condition: branches[0].condition, body: branches[0].body, otherwise: otherwise)
    var rest = otherwise
    for branch in branches.dropFirst().reversed() {
      let inner = ConditionSyntax(condition: branch.condition, body: branch.body, otherwise: rest)
      rest = [StatementSyntax(kind: .condition(inner), range: range(from: branch.range))]
    }
    result.otherwise = rest
    return result
  }

  /// result = ("metric" | "output") [name "="] expression | "loss" [name "="] expression ["trains" full name {"," full name}]
  private mutating func parseResult(_ keyword: Keyword) throws(ParseFailure) -> StatementSyntax.Kind {
    var name: NameSyntax?
    if case .identifier = current, following == .symbol(.assign) {
      name = try parseName("a name")
      advance()
    }
    let value = try parseExpression()
    switch keyword {
    case .metric: return .metric(name, value)
    case .output: return .output(name, value)
    default: return .loss(LossSyntax(name: name, value: value, trains: try parseTrains()))
    }
  }

  private mutating func parseTrains() throws(ParseFailure) -> [NameSyntax] {
    guard at("trains") else { return [] }
    var names: [NameSyntax] = []
    repeat {
      advance()
      names.append(try parseFullName())
    } while at(.comma)
    return names
  }

  /// train = "train" "{" {[recipe line] (newline | ";")} "}"
  private mutating func parseRecipe() throws(ParseFailure) -> [RecipeLineSyntax] {
    var lines: [RecipeLineSyntax] = []
    try parseBraces { parser throws(ParseFailure) in lines.append(try parser.parseRecipeLine()) }
    return lines
  }

  /// recipe line = word [argument {"," argument}]
  mutating func parseRecipeLine() throws(ParseFailure) -> RecipeLineSyntax {
    mark(.recipeLine)
    let name = try parseName("a line of the recipe, such as 'batch 32'")
    if at(.assign) || at(.colon) {
      throw expected("a value", help: "a line of the recipe is a word and its value: '\(name.text) ...'")
    }
    var arguments: [ArgumentSyntax] = []
    while !atStatementEnd {
      arguments.append(try parseArgument())
      guard take(.comma) else { break }
      if atStatementEnd { throw expected("an expression") }
    }
    return RecipeLineSyntax(name: name, arguments: arguments, range: range(from: name.range))
  }
}
