import Glibc
import NNSource
import NNSyntax
import Testing

/// Formatted text is laid out as it should be, stays as it is when formatted again, and means what it meant.
@Suite struct FormattingTests {
  static let cases: [(before: String, after: String)] = [
    ("x=a+b *-c", "x = a + b * -c\n"),
    ("y = - x ^ - 2 - - 3 @ f ( x , axis :0 )", "y = -x^-2 - -3 @ f(x, axis: 0)\n"),
    ("z = x [ 0 ..< 3 , : , new ] [:,..< -1]", "z = x[0..<3, :, new][:, ..<-1]\n"),
    ("w = embedding1 . weight@x", "w = embedding1.weight @ x\n"),
    ("a = range(1. ..< 2)", "a = range(1. ..<2)\n"),
    ("loss(-a)", "loss (-a)\n"),
    ("loss   -a trains b .c,d", "loss -a trains b.c, d\n"),
    ("for t in[ 1,2 ]{yield(t)}", "for t in [1, 2] { yield (t) }\n"),
    ("for t in -1..<2{ }", "for t in -1..<2 { }\n"),
    ("loss = 2\nx = loss -1", "loss = 2\nx = loss - 1\n"),
    ("a = 1 ;; b = 2 ;\n;c = 3;", "a = 1; b = 2\nc = 3\n"),
    ("\u{FEFF}a = 1\r\n\r\n\r\n\r\nb = 2\r", "a = 1\n\nb = 2\n"),
    ("repeat 3{a = 1;b = 2;}", "repeat 3 { a = 1; b = 2 }\n"),
    ("repeat 3 {a = 1\nb = 2}", "repeat 3 {\n  a = 1\n  b = 2\n}\n"),
    ("if a{\n\nb=1\n\n}\n\nelse if -c {\nb=2}\nelse{b=3}", "if a {\n  b = 1\n} else if -c {\n  b = 2\n} else { b = 3 }\n"),
    ("y = x\n|> f\n\n  # why\n   |> g(\n1,\n2+\n3\n)", "y = x\n  |> f\n\n  # why\n  |> g(\n    1,\n    2 +\n      3\n  )\n"),
    ("param W = [[ 1, -2],\n[10,  3]]", "param W = [[ 1, -2],\n  [10,  3]]\n"),
    ("x = [ 1,  2 ]", "x = [1, 2]\n"),
    ("input x: [ 2 ]\ntarget t:class( 3 )", "input  x: [2]\ntarget t: class(3)\n"),
    ("train{batch 32\nsplit validation :0.2;seed -1\n}", "train {\n  batch 32\n  split validation: 0.2; seed -1\n}\n"),
    ("train { batch 32\n optimizer sgd(rate: 1) }", "train {\n  batch     32\n  optimizer sgd(rate: 1)\n}\n"),
    ("a = 1\nlong = 2", "a = 1\nlong = 2\n"),
    ("a  = 1\nlong = 2\nl = 3\n\nm = 4", "a    = 1\nlong = 2\nl    = 3\n\nm = 4\n"),
    ("loss a = 1\nmetric bc  = 2\noutput d", "loss   a  = 1\nmetric bc = 2\noutput d\n"),
    ("a = 1 # x\nlong = 2 #y  \n", "a = 1     # x\nlong = 2  #y\n"),
    ("a = 1       # x\nlong = 2 # y", "a = 1       # x\nlong = 2    # y\n"),
    ("repeat 2 { # often\n# first\na = 1\n# last\n}\n# end", "repeat 2 {  # often\n  # first\n  a = 1\n  # last\n}\n# end\n"),
    ("", ""), ("\n\n", ""), ("# only", "# only\n"),
  ]

  @Test(arguments: cases)
  func formats(_ example: (before: String, after: String)) throws {
    let (text, diagnostics) = ModelFormatter.format(Array(example.before.utf8), file: 0)
    #expect(diagnostics == [])
    #expect(String(decoding: try #require(text), as: UTF8.self) == example.after)
    expectFaithful(Array(example.before.utf8))
  }

  @Test func leavesBrokenTextAlone() {
    let (text, diagnostics) = ModelFormatter.format(Array("a = (1\nb = 2".utf8), file: 0)
    #expect(text == nil)
    #expect(!diagnostics.isEmpty)
  }

  @Test func tellsTextsApart() {
    #expect(ModelFormatter.areEquivalent(Array("a = 1 # b".utf8), Array("a=1;\n# b  \n".utf8)))
    for other in ["a = 2 # b", "a = 1", "a = 1 # c", "a = (1 # b", "a = 1; b = 2 # b"] {
      #expect(!ModelFormatter.areEquivalent(Array("a = 1 # b".utf8), Array(other.utf8)))
    }
  }

  @Test(arguments: ModelTexts.ofRepository)
  func modelsOfTheRepositoryAreFormatted(_ model: ModelTexts.Named) {
    #expect(ModelFormatter.format(model.bytes, file: 0).text.map { String(decoding: $0, as: UTF8.self) } == model.text)
  }

  @Test(arguments: ModelTexts.ofRepository)
  func laidOutAtRandom(_ model: ModelTexts.Named) {
    for seed in 0..<6 as Range<UInt64> {
      var random = SplitMix(state: seed &+ UInt64(model.bytes.count))
      expectFaithful(random.layOut(model.bytes), "seed \(seed)")
    }
  }

  @Test(arguments: 0..<8)
  func randomModels(_ seed: UInt64) {
    for number in 0..<50 as Range<UInt64> {
      var text = RandomText(seed: seed << 32 | number)
      let bytes = Array(text.model().utf8)
      #expect(ModelSyntax.parse(bytes, file: 0).diagnostics == [], "seed \(seed), \(number)")
      expectFaithful(bytes, "seed \(seed), \(number)")
    }
  }

  @Test(arguments: ModelTexts.ofRepository)
  func mutatedModels(_ model: ModelTexts.Named) {
    var random = SplitMix(state: UInt64(model.bytes.count))
    for number in 0..<40 {
      var bytes = model.bytes
      for _ in 0..<Int.random(in: 1...4, using: &random) { random.mutate(&bytes) }
      expectFaithful(bytes, "\(number)")
    }
  }

  /// A text without errors formats to one that is equivalent, and stays as it is then.
  private func expectFaithful(_ bytes: [UInt8], _ comment: Comment? = nil) {
    let (formatted, diagnostics) = ModelFormatter.format(bytes, file: 0)
    #expect((formatted == nil) == diagnostics.hasErrors, comment)
    guard let formatted else { return }
    let again = ModelFormatter.format(formatted, file: 0).text
    guard ModelFormatter.areEquivalent(bytes, formatted), again == formatted else {
      Issue.record(
        "\(String(decoding: bytes, as: UTF8.self))\n----\n\(String(decoding: formatted, as: UTF8.self))\n----\n\(again.map { String(decoding: $0, as: UTF8.self) } ?? "broken")"
      )
      return
    }
  }
}
