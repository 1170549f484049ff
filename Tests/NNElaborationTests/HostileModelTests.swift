import Glibc
import NNElaboration
import NNGraph
import NNSource
import Testing

/// Whatever a model says, elaboration ends soon, with a model or with errors.
@Suite struct HostileModelTests {
  static let bombs = [
    "for t in 0..<2000000000 { }", "repeat 2000000000 { }", "repeat 1000 { repeat 1000 { repeat 1000 { a = 1 } } }",
    "block f(x) { return f(x) + f(x) }\na = f(1)", "block f(x) { return g(x) }\nblock g(x) { return f(x) }\na = f(1)",
    "block f(n) { if n == 0 { y = 1 } else { y = f(n - 1) + f(n - 1) }; return y }\na = f(60)",
    "input x: [2147483647]\ny = x[:, new] * x", "input x: [65536]\ny = outer(outer(x, x), x)",
    "input x: [1e9]\ny = concat(x, x, x, axis: 0)",
    "input x: [65536]\ny = x |> dense(2147483647)", "input x: [46341]\ny = stack(x, x, x, x, x, axis: 0) |> dense(2147483647)",
    "input x: [1]\ny = pad(x, amounts: [2147483647, 2147483647])", "input x: [2]\ny = x |> reshape([-1, -1])",
    "input x: [2]\ny = x |> reshape([2147483647, 2147483647, 0])", "y = zeros([2147483647, 2147483647, 2147483647])",
    "y = one_hot(0, classes: 2147483647) |> dense(2147483647)", "a = 1e308 * 10", "a = 2 ^ 1e308", "a = floor(1e300)\nb = range(a)",
    "a = 1e300 % 1e-300", "input x: [1e300]", "input x: [2]\ny = x[1e300]", "input x: [2]\ny = x[-1e300..<1e300]",
    "l = [1]\nrepeat 100000 { l = [l] }\na = l + 1", "l = [1, 2]\nrepeat 60 { l = [l, l] }\na = l + 1",
    "b = 1\nrepeat 100000 { (a, b) = (1, (2, b)) }",
    "t = [1, 2]\nrepeat 8 { t = for i in 0..<30 { yield t } }", "block f(x) { return (x, x) }\na = f(f(1))", "a = [f(1), (1, 2)]",
    "a = x = y", "loss", "next x = x", "state s = s", "param p: [p] = p", "let a = a", "input x: [x]",
    "layer a = a\ninput x: [1]\ny = a(x)",
    "layer a = a |> a\ninput x: [1]\ny = a(x)", "input x: [2]\nx = x", "use \"test.nn\"", "train { train { } }", "train { data train }",
    "input x: [2]\ny = x\nrepeat 200000 { y = sin(y) + x }\noutput y",
    "input x: [2]\ny = x\nrepeat 2000 { y = sin(y); g = gradient(sum(y), x) }",
    "let n = for t in 0..<3 { yield t }", "a = for t in [[1], [2, 3]] { yield t }\nb = a + 1", "(a, a) = (1, 2)", "weights = weights",
    "metric weights", "output (1, 2)", "loss [1, 2]", "input x: []\ny = x[0]", "y = size(1, 0)", "y = max()", "y = dense()", "y = where(1)",
    "y = cross_entropy([1, 2, 3], 7)", "y = cross_entropy([1, 2, 3], -1)", "y = hinge([1, 2, 3], 1.5)", "y = top([1, 2], 0, 5)",
    "input x: [4]\ny = maxout(x, 2147483647, pieces: 2147483647)", "input x: [4]\ny = roll(x, -2147483647, axis: 0)",
    "input x: [4]\ny = x |> dropout(1)", "input x: [4]\ny = transpose(x, axes: [0, 0])", "input x: [4]\ny = sum(x, axis: 2147483647)",
    "input x: [4]\ny = sum(x, axis: [-2147483647, 0])", "input x: [2, 3]\ny = concat(x, axis: 5)", "y = random_normal([0])",
    "y = random_uniform([-1])", "y = stack(axis: 0)", "y = concat(axis: 0)", "input x: [3]\ny = prod(x)[0]", "y = reshape(1, [])",
  ]

  @Test(arguments: bombs)
  func ends(_ text: String) {
    let start = clock()
    let result = elaborate(text)
    #expect((result.model != nil) != result.diagnostics.hasErrors || result.diagnostics.isEmpty)
    #expect(Double(clock() - start) / Double(CLOCKS_PER_SEC) < 60)
  }

  static let seedModels = [
    """
    model m
    let n = 2 * 3
    input x: [3, n]
    input c: class(4)
    target y: class(5)
    param W: [4, n] = normal(0.1)
    param b = [1, 2, 3, 4]
    state s: [2] = 0
    block r(x, k, stride = 1) { h = x |> dense(k); param a = 0.5; return h * a + stride }
    layer e = dense(8) |> relu |> dense(n)
    (p, q) = (x[0..<2, 1..<, new], -x[0]^2)
    ys = for t in 0..<3 { if t == 0 { u = x[t] } else { u = e(u) + x[t] }; yield u }
    z = r(flatten(ys), k: 5) + max(W @ q)
    g = gradient(sum(z), q)
    h = concat(z, g, axis: 0) |> dropout(0.5) |> softmax
    loss cross_entropy(z, y) + 1e-4 * l2(weights) trains e, r1
    loss big = sum(p * 2) ^ 2
    metric accuracy(z, y)
    metric mean(h)
    output probability = softmax(z)
    next s = tanh(s + q[0..<2])
    train { data csv("d.csv", x: "a".."d")
      split validation: 0.2; batch 32; optimizer adam(rate: 1e-3); schedule step(every: 10 * epoch, factor: 0.1) }
    """
  ]

  private static let fragments = [
    "(", ")", "[", "]", "{", "}", "|>", "..<", "=", ",", ":", ";", "\n", "-", "^", "@", "0", "-1", "1e9", "2147483647", "0.5", "x", "z",
    "n", "t", "W",
    "weights", "e", "r", "dense(", "for t in ", "if ", "else", "repeat ", "yield ", "return ", "new", "gradient(", "size(", "true", "he",
    "same", "y",
    "concat(", "reshape(", "axis: ", "param ", "state ", "next ", "input ", "loss ", "layer ", "class(", "transpose(", "sum(", "stack(",
    "prod(",
  ].map { Array($0.utf8) }

  @Test(arguments: 0..<8)
  func mutatedModels(_ seed: UInt64) {
    var random = Xorshift(state: seed &* 77 &+ 1)
    let original = Array(Self.seedModels[0].utf8)
    #expect(elaborate(Self.seedModels[0]).diagnostics == [])
    for _ in 0..<200 {
      var bytes = original
      for _ in 0..<Int.random(in: 1...5, using: &random) { Self.mutate(&bytes, &random) }
      let model = ModelText(name: "m.nn", bytes: bytes)
      let result = Elaboration.run(model) { _ in .bytes(original) }
      let text = DiagnosticRenderer.render(result.diagnostics, in: result.sources)
      #expect(result.diagnostics.isEmpty == text.isEmpty)
      if let model = result.model { #expect(GraphVerifier(allowsModes: true).problems(in: model.graph.graph) == [], "seed \(seed)") }
    }
  }

  private static func mutate(_ bytes: inout [UInt8], _ random: inout Xorshift) {
    let words = bytes.indices.filter { bytes[$0] == UInt8(ascii: " ") || bytes[$0] == UInt8(ascii: "\n") }
    let place = Bool.random(using: &random) ? words.randomElement(using: &random) ?? 0 : Int.random(in: 0...bytes.count, using: &random)
    let end = min(bytes.count, place + Int.random(in: 0...12, using: &random))
    let fragment = fragments.randomElement(using: &random) ?? []
    switch Int.random(in: 0..<4, using: &random) {
    case 0: bytes.removeSubrange(place..<end)
    case 1: bytes.insert(contentsOf: fragment, at: place)
    case 2: bytes.insert(contentsOf: Array(bytes[place..<end]), at: Int.random(in: 0...bytes.count, using: &random))
    default: bytes.replaceSubrange(place..<end, with: fragment)
    }
  }
}

/// A small generator with a known sequence for every seed.
struct Xorshift: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state &* 0x2545_F491_4F6C_DD1D
  }
}
