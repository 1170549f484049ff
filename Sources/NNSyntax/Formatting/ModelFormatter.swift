package import NNSource

/// Lays a model's text out: spaces, indentation, columns. Which line a word stands on is the author's affair, but for braces.
///
/// It works on tokens and comments, so that nothing can get lost that the tree does not hold.
package struct ModelFormatter {
  private let file: SourceFile
  private let parser: Parser

  private init(_ bytes: [UInt8], _ parser: Parser) {
    file = SourceFile(name: "", bytes: bytes)
    self.parser = parser
  }

  /// The text of file number `file`, formatted; nil where it has errors, which then are in `diagnostics`.
  package static func format(_ bytes: [UInt8], file: Int) -> (text: [UInt8]?, diagnostics: [Diagnostic]) {
    var parser = Parser(bytes: bytes, file: file)
    _ = parser.parseModel()
    let diagnostics = parser.finish()
    guard !diagnostics.hasErrors else { return (nil, diagnostics) }
    return (ModelFormatter(bytes, parser).text(), diagnostics)
  }

  /// Whether two texts without errors have the same statements and the same comments, in the same order.
  package static func areEquivalent(_ one: [UInt8], _ other: [UInt8]) -> Bool {
    guard let first = Parser.content(of: one), let second = Parser.content(of: other) else { return false }
    return first == second
  }

  private func text() -> [UInt8] {
    var lines = LineBreaking(parser, file).lines()
    Indentation.set(&lines)
    Columns.align(&lines, in: file)
    var text: [UInt8] = []
    for line in lines { line.write(to: &text, from: file.bytes) }
    return text
  }
}

extension Parser {
  /// What formatting must not change; nil for a text with errors.
  fileprivate static func content(of bytes: [UInt8]) -> (outline: String, comments: [[UInt8]])? {
    var parser = Parser(bytes: bytes, file: 0)
    let model = ModelSyntax(statements: parser.parseModel())
    guard !parser.finish().hasErrors else { return nil }
    return (SyntaxOutline.text(of: model), parser.comments.map { Array(bytes[$0].droppingBlanksAtEnd) })
  }
}

extension ArraySlice<UInt8> {
  var droppingBlanksAtEnd: ArraySlice<UInt8> {
    let end = lastIndex { ![0x20, 0x09, 0x0B, 0x0C].contains($0) }
    return self[startIndex..<(end.map { $0 + 1 } ?? startIndex)]
  }
}
