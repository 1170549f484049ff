import NNGraph
import NNOperations
import NNTestSupport
import Testing

/// Values and gradients worked out by hand: the printed ones of textbooks, kinks, ties, extremes and what is not a number.
@Suite struct ValueTests {
  /// A function of one tensor: its values and its gradient for a cotangent.
  private func unary(
    _ function: String, _ x: [Double], shape: Shape? = nil, _ others: [String: ArgumentValue] = [:], upstream: [Double] = [1],
    parameter: String = "x"
  ) throws -> (value: [Double], gradient: [Double]) {
    var builder = CallBuilder()
    let input = builder.input(shape ?? Shape([x.count]))
    let result = try builder.call(function, others.merging([parameter: .value(input)]) { first, _ in first })
    let cotangent = builder.graph.node(Literal(upstream, builder.graph.shape(result)), [])
    let seed = builder.graph.expand(cotangent, to: builder.graph.type(result))
    let gradient = builder.graph.gradient(of: result, seed: seed, by: [input])[0]
    let found = try builder.run([result, gradient], [x])
    return (found[0], found[1])
  }

  private func isClose(_ found: [Double], _ expected: [Double], within tolerance: Double = 1e-12) -> Bool {
    found.count == expected.count && zip(found, expected).allSatisfy { abs($0 - $1) <= tolerance || ($0.isNaN && $1.isNaN) || $0 == $1 }
  }

  @Test func reluRoutesItsGradient() throws {
    #expect(try unary("relu", [1, -2, 3, -1], upstream: [4, -1, 5, 9]).gradient == [4, 0, 5, 0])
  }

  @Test func softmaxOfTheThreeScores() throws {
    let found = try unary("softmax", [3.2, 5.1, -1.7], upstream: [0, 0, 0]).value
    #expect(found.map { ($0 * 100).rounded() / 100 } == [0.13, 0.87, 0])
  }

  @Test(arguments: [([3.2, 5.1, -1.7], 0, 2.9), ([1.3, 4.9, 2.0], 1, 0), ([2.2, 2.5, -3.1], 2, 12.9)])
  func hingeOfTheThreeScores(_ scores: [Double], _ label: Int, _ expected: Double) throws {
    let found = try unary("hinge", scores, ["target": .number(Double(label))], parameter: "scores").value
    #expect(isClose(found, [expected]))
  }

  static let kinks: [(String, [Double])] = [
    ("abs", [0]), ("relu", [0]), ("step", [0]), ("sign", [0]), ("leaky_relu", [0.1]), ("elu", [1]), ("norm", [0]),
  ]

  @Test(arguments: kinks)
  func gradientAtZero(_ function: String, _ expected: [Double]) throws {
    #expect(try unary(function, [0]).gradient == expected)
  }

  @Test func normOfNothingHasNoGradient() throws {
    #expect(try unary("norm", [0, 0, 0]).gradient == [0, 0, 0])
    #expect(isClose(try unary("norm", [3, 0, 4]).gradient, [0.6, 0, 0.8]))
  }

  @Test func clipPassesItsGradientAtTheBounds() throws {
    var builder = CallBuilder()
    let x = builder.input([4])
    let bounds = ["lo": ArgumentValue.value(builder.graph.fill(-1)), "hi": .value(builder.graph.fill(1))]
    let clipped = try builder.call("clip", bounds.merging(["x": .value(x)]) { first, _ in first })
    let gradient = builder.graph.gradient(of: clipped, seed: builder.graph.fill(1, builder.graph.type(clipped)), by: [x])
    #expect(try builder.run([clipped] + gradient, [[-2, -1, 1, 2]]) == [[-1, -1, 1, 1], [0, 1, 1, 0]])
  }

  @Test func tiesShareEqually() throws {
    #expect(try unary("max", [1, 2, 2, 0, 2], upstream: [3], parameter: "a").gradient == [0, 1, 1, 0, 1])
    #expect(try unary("min", [1, 0, 0], upstream: [3], parameter: "a").gradient == [0, 1.5, 1.5])
    for function in ["max", "min"] {
      var builder = CallBuilder()
      let (a, b) = (builder.input([]), builder.input([]))
      let result = try builder.call(function, ["a": .value(a), "b": .value(b)])
      let gradients = builder.graph.gradient(of: result, seed: builder.graph.fill(1, builder.graph.type(result)), by: [a, b])
      #expect(try builder.run(gradients, [[2], [2]]) == [[0.5], [0.5]])
    }
  }

  @Test(arguments: ["abs", "relu", "leaky_relu", "elu", "gelu", "silu", "softplus", "sqrt", "sigmoid", "tanh", "floor", "square"])
  func notANumberStaysSo(_ function: String) throws {
    #expect(try unary(function, [.nan]).value[0].isNaN)
  }

  @Test(arguments: ["sum", "mean", "prod", "norm", "logsumexp", "max", "min"], [0, 1, 2])
  func notANumberWinsAReduction(_ function: String, _ place: Int) throws {
    var x = [1.0, 2, 3]
    x[place] = .nan
    let parameter = function == "max" || function == "min" ? "a" : "x"
    #expect(try unary(function, x, parameter: parameter).value[0].isNaN)
  }

  @Test func productsDifferentiateAtZeros() throws {
    #expect(try unary("prod", [0, 2, 3]).gradient == [6, 0, 0])
    #expect(try unary("prod", [0, 0, 3]).gradient == [0, 0, 0])
    #expect(try unary("prod", [2, 3, 4, 5, 0]).gradient == [0, 0, 0, 0, 120])
  }

  @Test func nothingOverflows() throws {
    #expect(try unary("softplus", [1000, -1000, 0], upstream: [1, 1, 1]).value.map { $0.rounded() } == [1000, 0, 1])
    #expect(isClose(try unary("softplus", [1000, -1000], upstream: [1, 1]).gradient, [1, 0]))
    #expect(try unary("softmax", [1000, 0, -1000], upstream: [0, 0, 0]).value == [1, 0, 0])
    #expect(try unary("logsumexp", [1000, 1000]).value == [1000 + 0.693_147_180_559_945_3])
    let surely = try unary("binary_cross_entropy", [1000], ["target": .number(1)], parameter: "scores")
    #expect(surely.value == [0] && surely.gradient == [0])
    let wrongly = try unary("binary_cross_entropy", [-1000], ["target": .number(1)], parameter: "scores")
    #expect(wrongly.value == [1000] && wrongly.gradient == [-1])
  }

  @Test func infiniteTermsAreSummed() throws {
    #expect(try unary("logsumexp", [-.infinity, -.infinity]).value == [-.infinity])
    #expect(try unary("logsumexp", [.infinity, 1, -.infinity]).value == [.infinity])
    let found = try unary("logsumexp", [-.infinity, 2])
    #expect(found.value == [2] && found.gradient == [0, 1])
    #expect(try unary("logsumexp", [.nan, 2]).value[0].isNaN)
  }

  /// Classes ruled out by a score of minus infinity cost nothing and get no gradient.
  @Test func impossibleClassesAreLeftOut() throws {
    let found = try unary("cross_entropy", [0, -.infinity, 0], ["target": .number(2)], parameter: "scores")
    #expect(isClose(found.value, [0.693_147_180_559_945_3]))
    #expect(isClose(found.gradient, [0.5, 0, -0.5]))
    #expect(try unary("nll", [-1, -.infinity], ["target": .number(0)], parameter: "scores").value == [1])
  }

  @Test func derivativesCanBeDifferentiated() throws {
    var builder = CallBuilder()
    let x = builder.input([2])
    let cubes = try BinaryOperator.power.apply(x, builder.graph.fill(3), in: &builder.graph)
    let total = try builder.call("sum", ["x": .value(cubes)])
    let slope = try builder.call("gradient", ["y": .value(total), "x": .value(x)])
    let again = try builder.call("gradient", ["y": .value(try builder.call("sum", ["x": .value(slope)])), "x": .value(x)])
    #expect(try builder.run([slope, again], [[2, -1, 0.5, 3]], batch: 2) == [[12, 3, 0.75, 27], [12, -6, 3, 18]])
  }

  @Test func stopHasNoGradient() throws {
    let found = try unary("stop", [1, 2], upstream: [1, 1])
    #expect(found.value == [1, 2] && found.gradient == [0, 0])
  }

  @Test func aGroupIsSummed() throws {
    var builder = CallBuilder()
    let weights = [builder.input([2], isBatched: false), builder.input([1, 2], isBatched: false)]
    let penalty = try builder.call("elastic", ["W": .values(weights), "beta": .number(0.5)])
    #expect(try builder.run([penalty], [[1, -2], [3, 0]]) == [[0.5 * 14 + 6]])
    let none = try builder.call("l2", ["W": .values([])])
    #expect(builder.graph.constant(none) == 0)
  }
}
