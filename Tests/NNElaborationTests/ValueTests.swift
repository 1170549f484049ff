import NNElaboration
import NNGraph
import Testing

/// What expressions mean: numbers, shapes, indices.
@Suite struct ValueTests {
  static let declarations = """
    let n = 3
    let sizes = [4, [5, 6]]
    input x: [3, 4]
    input v: [4]
    input s: []
    target y: class(10)
    target ys: [3] of class(10)
    param W: [5, 4] = normal(0.1)
    param b = 2

    """

  /// A line, and what its name is afterwards.
  static let lines: [(text: String, binding: String)] = [
    ("a = 7 / 2", "a = 3.5"), ("a = -2 ^ 2", "a = -4.0"), ("a = 2 ^ 3 ^ 2", "a = 512.0"), ("a = 7 % 3 - -7 % 3", "a = -1.0"),
    ("a = (1 < 2) + (2 <= 1) + (1 == 1) + (1 != 1) + (3 > 2) + (2 >= 3)", "a = 3.0"),
    ("a = floor(7 / 2) * n", "a = 9.0"), ("a = size(x, 1)", "a = 4.0"), ("a = size(x, -2) + size(axis: 0, x: v)", "a = 7.0"),
    ("a = sqrt(16)", "a = 4.0"), ("a = max(n, 2)", "a = 3.0"), ("a = sizes[0]", "a = 4.0"), ("a = sizes[-1][0]", "a = 5.0"),
    ("a = 1; a = a + 1", "a = 2.0"), ("n = n + 1", "n = 4.0"),
    ("a = x + v", "a: [n, 3, 4]"), ("a = x * s", "a: [n, 3, 4]"), ("a = x + 1", "a: [n, 3, 4]"), ("a = v + [1, 2, 3, 4]", "a: [n, 4]"),
    ("a = -x", "a: [n, 3, 4]"), ("a = x ^ 2", "a: [n, 3, 4]"), ("a = x > 0", "a: [n, 3, 4]"), ("a = y == 3", "a: [n]"),
    ("a = W @ v", "a: [n, 5]"), ("a = x @ v", "a: [n, 3]"), ("a = v @ v", "a: [n]"), ("a = W @ transpose(x)", "a: [n, 5, 3]"),
    ("a = b", "a: []"), ("a = W", "a: [5, 4]"), ("a = [[1, 2], [3, 4]]", "a: [2, 2]"), ("a = [.5, 1.5]", "a: [2]"),
    ("a = x[0]", "a: [n, 4]"), ("a = x[-1, 2]", "a: [n]"), ("a = x[0..<2]", "a: [n, 2, 4]"), ("a = x[1..<]", "a: [n, 2, 4]"),
    ("a = x[..<-1, 1..<3]", "a: [n, 2, 2]"), ("a = v[:, new]", "a: [n, 4, 1]"), ("a = v[new]", "a: [n, 1, 4]"),
    ("a = x[n - 1, :, new]", "a: [n, 4, 1]"), ("a = ys[0]", "a: [n] of class(10)"), ("a = (x + 1)[0]", "a: [n, 4]"),
    ("a = x |> sum", "a: [n]"), ("a = x |> sum(axis: 0)", "a: [n, 4]"), ("a = x |> reshape([6, -1])", "a: [n, 6, 2]"),
    ("a = sum(axis: 1, x: x, keep: true)", "a: [n, 3, 1]"), ("a = concat(x, x, axis: 0)", "a: [n, 6, 4]"),
    ("a = stack(v, v, v)", "a: [n, 3, 4]"), ("a = range(n)", "a: [3]"), ("a = zeros([2, n])", "a: [2, 3]"),
    ("a = one_hot(y)", "a: [n, 10]"), ("a = stop(x)", "a: [n, 3, 4]"), ("a = random_normal([3])", "a: [n, 3]"),
    ("a = where(x > 0, x, 0)", "a: [n, 3, 4]"), ("a = cross_entropy(dense(v, 10), y)", "a: [n]"), ("a = l2(weights)", "a: []"),
    ("norm = norm(x)", "norm: [n]"), ("sum = 1; a = sum(x)", "a: [n]"),
    ("(a, c) = (x, 2)", "c = 2.0"), ("weights = 3", "weights = 3.0"), ("state = x; next = state", "next: [n, 3, 4]"),
    ("e = sum(x^2); a = gradient(e, x)", "a: [n, 3, 4]"),
    ("h = x |> flatten; e = h |> reshape([4, 3]) |> sum; a = gradient(e, h)", "a: [n, 12]"),
  ]

  @Test(arguments: lines)
  func means(_ example: (text: String, binding: String)) {
    let result = elaborate(Self.declarations + example.text)
    #expect(result.report == "")
    #expect(result.bindingList.last == example.binding)
  }

  @Test func derivativesLookThroughNoName() throws {
    // Algebra turns 3 * (2 x) into 6 x and -(-x) into x; the derivative by the middle must not be lost.
    for middle in ["2 * x", "-x", "x |> flatten |> reshape([2, 2])", "transpose(x)", "x + 0"] {
      let result = elaborate("input x: [2, 2]\nh = \(middle)\ng = gradient(sum(3 * -h), h)\noutput g")
      #expect(result.report == "")
      let model = try #require(result.model)
      #expect(model.graph.constant(model.outputs[0].value) == -3, "\(middle)")
    }
  }

  @Test func derivativesInBlocks() throws {
    let text = """
      block slope(y, v) { return gradient(sum(y), v) }
      block outer(y, w) { return slope(v: w, y: y) }
      input x: [2]
      h = 2 * x
      e = 5 * h
      a = outer(e, h)
      b = e |> slope(h)
      """
    let model = try #require(elaborate(text).model)
    for name in ["a", "b"] {
      let value = try #require(model.bindings.first { $0.name == name }).value
      #expect(model.graph.constant(value) == 5)
    }
  }
}
