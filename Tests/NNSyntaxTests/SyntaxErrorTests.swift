import NNSource
import NNSyntax
import Testing

/// A model with `§` where each error is expected, and the messages in the order of the text.
struct FaultyModel: CustomTestStringConvertible, Sendable {
  var marked: String
  var messages: [String]
  var help: String?

  init(_ marked: String, _ messages: String..., help: String? = nil) {
    self.marked = marked
    self.messages = messages
    self.help = help
  }

  var testDescription: String { marked }

  var text: String { marked.filter { $0 != "§" } }

  var offsets: [Int] {
    marked.split(separator: "§", omittingEmptySubsequences: false).dropLast()
      .reduce(into: []) { offsets, part in offsets.append((offsets.last ?? 0) + part.utf8.count) }
  }
}

@Suite struct SyntaxErrorTests {
  static let models: [FaultyModel] = [
    FaultyModel("§inptu x: [3]", "'inptu' does not begin a statement", help: "did you mean 'input'?"),
    FaultyModel("§else { }", "'else' does not begin a statement", help: "'else' follows the '}' of an 'if'"),
    FaultyModel(
      "§trian {\n  batch 4\n  optimizer sgd(rate: 0.1)\n  split §, 2\n}", "'trian' does not begin a statement",
      "expected an expression, but found ','", help: "did you mean 'train'?"),
    FaultyModel("input x: [3]\n§repat {\n  y = x * 2\n}", "'repat' does not begin a statement", help: "did you mean 'repeat'?"),
    FaultyModel("input x: [3]\ny = §(x +\nz = x * 2\noutput z", "this '(' is never closed"),
    FaultyModel("input c: §clas(4)", "expected a type, but found 'clas'", help: "did you mean 'class'?"),
    FaultyModel("§x: [3]", "'x' does not begin a statement", help: "inputs are declared by 'input x: [64]'"),
    FaultyModel("§dense(10)", "the value of this line is not used", help: "give it a name: 'h = ...'"),
    FaultyModel("§x == 3", "the value of this line is not used"),
    FaultyModel("§3", "expected a statement, but found a number"),
    FaultyModel("a =§ ", "expected an expression, but found the end of the file"),
    FaultyModel("a =§\nb = 2", "expected an expression, but found the end of the line"),
    FaultyModel(
      "a = x |> f(2)§^2", "'^' cannot follow a pipe, which takes in all to its left", help: "put the pipe in parentheses: '(x |> f) ^ ...'"),
    FaultyModel(
      "a = g(x |> f§[0])", "'[' cannot follow a pipe, which takes in all to its left",
      help: "put the pipe in parentheses: '(x |> f)[...]'"),
    FaultyModel("a = x |> f §< 2", "'<' cannot follow a pipe, which takes in all to its left"),
    FaultyModel("a = 1 §2", "expected the end of the line, but found a number"),
    FaultyModel("a = f(x §y)", "expected ',' or ')', but found 'y'"),
    FaultyModel("a = f§(x, y\nb = 2\nc = §*", "this '(' is never closed", "expected an expression, but found '*'"),
    FaultyModel("repeat 2 {\n a = [§[1, 2\n}", "this '[' is never closed"),
    FaultyModel("a = f(x,\n b §c,\n d)\ne = §)", "expected ',' or ')', but found 'c'", "expected an expression, but found ')'"),
    FaultyModel("a = x[1§:2]", "expected ',' or ']', but found ':'", help: "a slice is written 'a..<b'"),
    FaultyModel("a = x[§1..2]", "a slice is written with '..<'"),
    FaultyModel("a = x§[]", "an index is missing between '[' and ']'"),
    FaultyModel("a = §()", "there is nothing between '(' and ')'"),
    FaultyModel("a = 0..<§", "expected an expression, but found the end of the file"),
    FaultyModel("a = b < c §< d", "comparisons cannot be chained"),
    FaultyModel("a = dense(10)§(x)", "only a function, block or layer can be called, by its name"),
    FaultyModel("a = x |> §3", "expected a function or layer after '|>', but found a number"),
    FaultyModel("a = 2 *§* x", "expected an expression, but found '*'", help: "a power is written 'x ^ y'"),
    FaultyModel("a = §+1", "expected an expression, but found '+'", help: "leave the '+' out"),
    FaultyModel("a = f(axis §= 0)", "an argument is named with ':'", help: "write 'axis: ...'"),
    FaultyModel("a = §if b { c = 1 }", "'if' has no value here"),
    FaultyModel(
      "a = §3x + 1\nb = §\"open\nc = §1e999 + §1e-999", "'3x' is neither a number nor a name",
      "the text in quotes does not end on its line", "the number is too large", "the number is too small to be told from 0"),
    FaultyModel("a = §\"\\n\"", "a text in quotes has no special character after '\\'"),
    FaultyModel("a = §é + b", "names are written in ASCII letters, digits and '_'"),
    FaultyModel("a = b §− c", "'−' means nothing here", help: "write '-'"),
    FaultyModel("a = b §| f", "'|' means nothing here", help: "write '|>'"),
    FaultyModel("a = §\0\0\0\nb = §$", "the file holds NUL bytes: it is no text", "'$' means nothing here"),
    FaultyModel("§}\na = 1", "this '}' closes nothing"),
    FaultyModel("repeat 3 §{\n a = 1\n", "this '{' is never closed"),
    FaultyModel("repeat 3 {\n if a §{\n", "this '{' is never closed"),
    FaultyModel(
      "§blok f(x) {\n a = §*\n return a\n}\nb = §/", "'blok' does not begin a statement", "expected an expression, but found '*'",
      "expected an expression, but found '/'"),
    FaultyModel("block f §{ return 1 }", "expected '(' and the block's parameters, but found '{'"),
    FaultyModel("block f(n§: 1) { return n }", "expected '=', but found ':'", help: "a default is written 'n = 1'"),
    FaultyModel("input x §[3]", "expected ':' and a shape after 'input x', but found '['"),
    FaultyModel("input x: §10", "expected a type, but found a number"),
    FaultyModel("input x: class§(1, 2)", "'class' takes one number, that of the classes"),
    FaultyModel(
      "param W: [3]§", "expected '=' and an initial value, but found the end of the file",
      help: "write 'param W: [10] = normal(0.1)'"),
    FaultyModel("use §blocks", "expected a file in quotes after 'use', but found 'blocks'"),
    FaultyModel("§(a) = 1", "'(a, b) = ...' binds two names or more"),
    FaultyModel("(a, §1) = 1", "expected a name: a line that begins with '(' binds several names, but found a number"),
    FaultyModel("for t §of 3 { }", "expected 'in' after 'for t', but found 'of'"),
    FaultyModel("train {\n batch §= 32\n epochs 3\n rate§: 1\n}", "expected a value, but found '='", "expected a value, but found ':'"),
    FaultyModel("train {\n batch 32 §64\n}", "expected the end of the line, but found a number"),
    FaultyModel("input§ ", "expected a name after 'input', but found the end of the file"),
    FaultyModel("a = w§.3", "expected the end of the line, but found a number"),
    FaultyModel("a = w . §+", "expected the rest of a parameter's name after '.', but found '+'"),
  ]

  @Test(arguments: models)
  func reportsEachCauseOnce(_ model: FaultyModel) {
    let diagnostics = ModelSyntax.parse(Array(model.text.utf8), file: 0).diagnostics
    #expect(diagnostics.map(\.message) == model.messages)
    #expect(diagnostics.compactMap { $0.range?.lower } == model.offsets)
    if let help = model.help { #expect(diagnostics.first?.help == help) }
  }

  @Test func keepsWhatIsRight() {
    let (model, diagnostics) = ModelSyntax.parse(Array("a = 1\nb = *\nrepeat 2 { c = ]; d = 4 }\ne = 5".utf8), file: 0)
    #expect(diagnostics.count == 2)
    #expect(SyntaxOutline.text(of: model) == "(= a 1)\n(repeat 2 {(= d 4)})\n(= e 5)")
  }

  @Test func stopsAtTheLimitOfErrors() {
    let text = String(repeating: "a = *\n", count: 5_000)
    let diagnostics = ModelSyntax.parse(Array(text.utf8), file: 0).diagnostics
    #expect(diagnostics.count == SyntaxLimit.errors + 1)
    #expect(diagnostics.last?.message == "there are more than 200 errors; the others are not shown")
  }
}
