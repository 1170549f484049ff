import NNSource
import NNSyntax
import Testing

@Suite struct ExpressionTests {
  /// What a person writes, and how it groups.
  static let groupings: [(text: String, tree: String)] = [
    ("-x^2", "(- (^ x 2))"),
    ("2^3^2", "(^ 2 (^ 3 2))"),
    ("2^-1", "(^ 2 (- 1))"),
    ("2^-x^2", "(^ 2 (- (^ x 2)))"),
    ("--x", "(- (- x))"),
    ("-x[0]^2", "(- (^ (index x 0) 2))"),
    ("-a * b", "(* (- a) b)"),
    ("a * -b", "(* a (- b))"),
    ("a - b - c", "(- (- a b) c)"),
    ("a / b * c", "(* (/ a b) c)"),
    ("a + b * c - d", "(- (+ a (* b c)) d)"),
    ("W @ x + b", "(+ (@ W x) b)"),
    ("a % 2 * b", "(* (% a 2) b)"),
    ("a + b |> f", "(|> (+ a b) (f))"),
    ("a < b |> f", "(|> (< a b) (f))"),
    ("-x |> f |> g(1, k: 2)", "(|> (- x) (f) (g 1 k: 2))"),
    ("(x |> f) |> g", "(|> (|> x (f)) (g))"),
    ("a + (b |> f)", "(+ a (|> b (f)))"),
    ("f(x) |> g(h(y))", "(|> (f x) (g (h y)))"),
    ("0..<n + 1", "(..< 0 (+ n 1))"),
    ("0 ..< 2 * n", "(..< 0 (* 2 n))"),
    ("a + 1 == b", "(== (+ a 1) b)"),
    ("a <= b", "(<= a b)"), ("a >= b", "(>= a b)"), ("a != b", "(!= a b)"), ("a > b", "(> a b)"),
    ("(a)", "a"),
    ("((a + b)) * c", "(* (+ a b) c)"),
    ("x[t]", "(index x t)"),
    ("x[-1]", "(index x (- 1))"),
    ("x[0..<5]", "(index x (..< 0 5))"),
    ("x[2..<]", "(index x (..< 2 _))"),
    ("x[..<-1]", "(index x (..< _ (- 1)))"),
    ("x[2..<, 0]", "(index x (..< 2 _) 0)"),
    ("x[:, new]", "(index x : new)"),
    ("x[new + 1]", "(index x (+ new 1))"),
    ("x[f(a, [1, 2])]", "(index x (f a [1 2]))"),
    ("x[0][1]", "(index (index x 0) 1)"),
    ("(a + b)[0]", "(index (+ a b) 0)"),
    ("f(x)[0]", "(index (f x) 0)"),
    ("f()", "(f)"),
    ("f(x,)", "(f x)"),
    ("conv(6, kernel: 5, pad: same)", "(conv 6 kernel: 5 pad: same)"),
    ("[[.1, .5], [-.3, .8]]", "[[0.1 0.5] [(- 0.3) 0.8]]"),
    ("[]", "[]"),
    ("(a, b)", "(tuple a b)"),
    ("1e-4 * l2(weights)", "(* 0.0001 (l2 weights))"),
    ("0.2 * l1(dense2.weight)", "(* 0.2 (l1 dense2.weight))"),
    ("csv(\"d.csv\", x: \"a\"..\"d\")", "(csv \"d.csv\" x: (.. \"a\" \"d\"))"),
    ("rows(x: [[0, 0], [0, 1]], t: [[0], [1]])", "(rows x: [[0 0] [0 1]] t: [[0] [1]])"),
    ("\"a \\\"b\\\" \\\\c\"", "\"a \\\"b\\\" \\\\c\""),
    ("1.", "1"), ("1.e2", "100"), ("1E+2", "100"), ("0e999", "0"), ("x[1..<2]", "(index x (..< 1 2))"),
    ("state + next + input", "(+ (+ state next) input)"),
  ]

  @Test(arguments: groupings)
  func groups(_ example: (text: String, tree: String)) throws {
    let (expression, diagnostics) = ExpressionSyntax.parse(Array(example.text.utf8), file: 0)
    #expect(diagnostics == [])
    #expect(try SyntaxOutline.expression(#require(expression)) == example.tree)
  }

  @Test func everyNodeCoversItsText() throws {
    let text = "  f(a, k: -b ^ 2) + [1, 2][0] |> g(x[1..<])"
    let expression = try #require(ExpressionSyntax.parse(Array(text.utf8), file: 3).syntax)
    #expect(expression.range == SourceRange(file: 3, lower: 2, upper: text.utf8.count))
    guard case .pipe(let sum, let stages) = expression.kind, case .operations(let call, let steps) = sum.kind else {
      Issue.record("not a pipe of a sum")
      return
    }
    var map = SourceMap()
    for name in ["0", "1", "2", "it"] { _ = map.add(name: name, text: text) }
    #expect(map.text(of: call.range) == "f(a, k: -b ^ 2)")
    #expect(map.text(of: steps[0].symbolRange) == "+")
    #expect(map.text(of: steps[0].operand.range) == "[1, 2][0]")
    #expect(map.text(of: stages[0].range) == "g(x[1..<])")
    #expect(map.text(of: stages[0].arguments[0].range) == "x[1..<]")
  }

  @Test func longRunsStayFlat() throws {
    let text = (0..<50_000).map { "x\($0)" }.joined(separator: " + ")
    let expression = try #require(ExpressionSyntax.parse(Array(text.utf8), file: 0).syntax)
    guard case .operations(_, let steps) = expression.kind else {
      Issue.record("not a run of operators")
      return
    }
    #expect(steps.count == 49_999)
  }

  @Test func recipeLineOfTheCommandLine() throws {
    let (line, diagnostics) = RecipeLineSyntax.parse(Array("optimizer adam(rate: 1e-3)".utf8), file: 0)
    #expect(diagnostics == [])
    #expect(try SyntaxOutline.recipeLine(#require(line)) == "(optimizer (adam rate: 0.001))")
    #expect(RecipeLineSyntax.parse(Array("batch 32 64".utf8), file: 0).syntax == nil)
  }
}
