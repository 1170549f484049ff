import NNSource
import NNSyntax
import Testing

@Suite struct StatementTests {
  static let statements: [(text: String, tree: String)] = [
    ("model digits", "(model digits)"),
    ("use \"blocks.nn\"", "(use \"blocks.nn\")"),
    ("let hidden = 100", "(let hidden 100)"),
    ("input  image: [3, 2 * n]", "(input image [3 (* 2 n)])"),
    ("input x: []", "(input x [])"),
    ("target digit: class(10)", "(target digit (class 10))"),
    ("target tags: [32] of class(10)", "(target tags (class 10 [32]))"),
    ("param W: [3, 4] = normal(0.1)", "(param W [3 4] (normal 0.1))"),
    ("param x = -2", "(param x (- 2))"),
    ("param b: [10] = zeros", "(param b [10] zeros)"),
    ("param W = [[.1, .5], [-.3, .8]]", "(param W [[0.1 0.5] [(- 0.3) 0.8]])"),
    ("state h: [4] = 0", "(state h [4] 0)"),
    ("next h = tanh(h)", "(next h (tanh h))"),
    ("h = x |> dense(10)", "(= h (|> x (dense 10)))"),
    ("(h, c) = cell(x, h, c)", "(= (h c) (cell x h c))"),
    ("layer e = dense(8) |> relu", "(layer e (|> (dense 8) (relu)))"),
    ("layer e = relu", "(layer e relu)"),
    ("block r(x, n, stride = 1) { y = x; return y }", "(block r (x n (stride 1)) {(= y x) (return y)})"),
    ("block z() { return 1 }", "(block z () {(return 1)})"),
    ("repeat 3 { h = f(h) }", "(repeat 3 {(= h (f h))})"),
    ("repeat 3 {}", "(repeat 3 {})"),
    ("for t in 0..<T { h = h + x[t] }", "(for t (..< 0 T) {(= h (+ h (index x t)))})"),
    ("for c in [64, 128] { h = f(h, c) }", "(for c [64 128] {(= h (f h c))})"),
    ("ys = for t in 0..<T { y = x[t]; yield y }", "(= ys (for t (..< 0 T) {(= y (index x t)) (yield y)}))"),
    ("(a, b) = for t in 0..<2 { yield (t, 2) }", "(= (a b) (for t (..< 0 2) {(yield (tuple t 2))}))"),
    ("if t == 0 { a = 1 } else { a = 2 }", "(if (== t 0) {(= a 1)} {(= a 2)})"),
    ("if t { a = 1 } else if u { a = 2 } else { a = 3 }", "(if t {(= a 1)} {(if u {(= a 2)} {(= a 3)})})"),
    ("if t { a = 1 }\n\n# otherwise\nelse { a = 2 }", "(if t {(= a 1)} {(= a 2)})"),
    ("loss f(x)", "(loss (f x))"),
    ("loss main = f(x) + 1", "(loss main (+ (f x) 1))"),
    ("loss f(x) trains generator, head.dense1", "(loss (f x) (trains generator head.dense1))"),
    ("loss -x", "(loss (- x))"),
    ("loss (a - b)^2", "(loss (^ (- a b) 2))"),
    ("metric accuracy(s, y)", "(metric (accuracy s y))"),
    ("metric wrong = s != y", "(metric wrong (!= s y))"),
    ("output probability = softmax(scores)", "(output probability (softmax scores))"),
    ("output x", "(output x)"),
    ("output x == y", "(output (== x y))"),
    ("input input: [1]\nstate = input\nloss = state\nloss loss", "(input input [1])\n(= state input)\n(= loss state)\n(loss loss)"),
  ]

  @Test(arguments: statements)
  func parses(_ example: (text: String, tree: String)) {
    expectTree(example.text, example.tree)
  }

  static let lines: [(text: String, tree: String)] = [
    ("", ""), ("\n\n# nothing\n", ""), ("a = 1; b = 2;; c = 3;", "(= a 1)\n(= b 2)\n(= c 3)"),
    ("a = 1\r\nb = 2\r\n", "(= a 1)\n(= b 2)"), ("a = 1\rb = 2", "(= a 1)\n(= b 2)"),
    ("\u{FEFF}a = 1", "(= a 1)"),
    ("a = 1 # b = 2\nc = 3", "(= a 1)\n(= c 3)"),
    ("a = b +\n\n  # more\n  c", "(= a (+ b c))"),
    ("a = b *\n c @\n d ^\n e", "(= a (@ (* b c) (^ d e)))"),
    ("a = b <\n c", "(= a (< b c))"),
    ("a = b |>\n f", "(= a (|> b (f)))"),
    ("a = b\n  |> f\n\n  # comment\n\n  |> g(1)\nc = 2", "(= a (|> b (f) (g 1)))\n(= c 2)"),
    ("a = f(\n  b,\n  # why\n  c\n)\nd = [\n1,\n2,\n]", "(= a (f b c))\n(= d [1 2])"),
    ("a = f(b\n + c\n [0])", "(= a (f (+ b (index c 0))))"),
    ("a = b\n-c = 1", nil), ("a = b\n[0]", nil),
    ("repeat 2 {\n a = b\n |> f\n}\n", "(repeat 2 {(= a (|> b (f)))})"),
    ("loss f(x)\n  |> mean trains a,\n b", nil),
  ].compactMap { text, tree in tree.map { (text, $0) } }

  @Test(arguments: lines)
  func endsStatements(_ example: (text: String, tree: String)) {
    expectTree(example.text, example.tree)
  }

  @Test func readsARecipe() {
    let text = """
      train {
        data      csv("d.csv", label: "y")   # the table
        split     validation: 0.2
        optimizer sgd(rate: 0.1,
                      momentum: 0.9)
        schedule  step(every: 10 * epoch, factor: 0.5, warmup: 100)
        batch 32; epochs 20
        clip 1.0
        shuffle
      }
      """
    let tree = """
      (train (data (csv "d.csv" label: "y")) (split validation: 0.2) (optimizer (sgd rate: 0.1 momentum: 0.9)) \
      (schedule (step every: (* 10 epoch) factor: 0.5 warmup: 100)) (batch 32) (epochs 20) (clip 1) (shuffle))
      """
    expectTree(text, tree)
  }

  private func expectTree(_ text: String, _ tree: String) {
    let (model, diagnostics) = ModelSyntax.parse(Array(text.utf8), file: 0)
    #expect(diagnostics.map(\.message) == [])
    #expect(SyntaxOutline.text(of: model) == tree)
  }
}
