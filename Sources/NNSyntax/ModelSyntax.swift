package import NNSource

/// The text of one model file as a tree, every node with its place.
package struct ModelSyntax: Hashable, Sendable {
  package var statements: [StatementSyntax]

  /// Parses `bytes`, the text of file number `file`.
  ///
  /// There is always a tree: statements that cannot be read are left out of it and reported, one error per cause.
  package static func parse(_ bytes: [UInt8], file: Int) -> (syntax: ModelSyntax, diagnostics: [Diagnostic]) {
    var parser = Parser(bytes: bytes, file: file)
    let statements = parser.parseModel()
    return (ModelSyntax(statements: statements), parser.finish())
  }
}

extension ExpressionSyntax {
  /// Parses a text that is one expression, such as the value of a setting or a data source on the command line.
  package static func parse(_ bytes: [UInt8], file: Int) -> (syntax: ExpressionSyntax?, diagnostics: [Diagnostic]) {
    var parser = Parser(bytes: bytes, file: file)
    let expression = parser.parseSole { parser throws(ParseFailure) in try parser.parseExpression() }
    return (expression, parser.finish())
  }
}

extension RecipeLineSyntax {
  /// Parses a text that is one line of a recipe, such as `optimizer adam(rate: 0.1)`.
  package static func parse(_ bytes: [UInt8], file: Int) -> (syntax: RecipeLineSyntax?, diagnostics: [Diagnostic]) {
    var parser = Parser(bytes: bytes, file: file)
    let line = parser.parseSole { parser throws(ParseFailure) in try parser.parseRecipeLine() }
    return (line, parser.finish())
  }
}
