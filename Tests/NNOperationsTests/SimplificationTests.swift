import NNGraph
import NNOperations
import NNTestSupport
import Testing

/// The gradients that simplify on paper come out simplified.
@Suite struct SimplificationTests {
  /// How often each operation is needed for a value.
  private func operations(_ builder: CallBuilder, _ root: Value) -> [String: Int] {
    let graph = builder.graph.graph
    let isNeeded = graph.reachable(from: [root])
    var counts: [String: Int] = [:]
    for (id, node) in graph.nodes.enumerated() where isNeeded[id] { counts[type(of: node.operation).mnemonic, default: 0] += 1 }
    return counts
  }

  private func gradient(_ builder: inout CallBuilder, of loss: Value, by scores: Value) -> Value {
    let mean = builder.graph.batchMean(loss)
    return builder.graph.gradient(of: mean, seed: builder.graph.fill(1), by: [scores])[0]
  }

  @Test func crossEntropyIsSoftmaxLessOneHot() throws {
    var builder = CallBuilder()
    let (scores, digit) = (builder.input([10]), builder.input([], classes: 10))
    let loss = try builder.call("cross_entropy", ["scores": .value(scores), "target": .value(digit)])
    let slope = gradient(&builder, of: loss, by: scores)
    let counts = operations(builder, slope)
    #expect(counts["log"] == nil)
    #expect(counts["exp"] == 1)
    #expect(counts["reduce"] == 2, "one maximum and one sum")
  }

  @Test func binaryCrossEntropyIsSigmoidLessTarget() throws {
    var builder = CallBuilder()
    let (score, target) = (builder.input([1]), builder.input([1]))
    let loss = try builder.call("binary_cross_entropy", ["scores": .value(score), "target": .value(target)])
    let slope = gradient(&builder, of: loss, by: score)
    let counts = operations(builder, slope)
    #expect(counts["sigmoid"] == 1)
    #expect(counts["softplus"] == nil && counts["exp"] == nil && counts["log"] == nil)
    let found = try builder.run([slope], [[0.3, -2], [1, 0]], batch: 2)[0]
    #expect(abs(found[0] - (UnaryPrimitive.sigmoid.evaluate(0.3) - 1) / 2) < 1e-15)
    #expect(abs(found[1] - UnaryPrimitive.sigmoid.evaluate(-2) / 2) < 1e-15)
  }

  @Test func squaredErrorIsTwiceTheDifference() throws {
    var builder = CallBuilder()
    let (x, target) = (builder.input([4]), builder.input([4]))
    let loss = try builder.call("half_squared_error", ["x": .value(x), "target": .value(target)])
    let slope = gradient(&builder, of: loss, by: x)
    let counts = operations(builder, slope)
    #expect(counts == ["source": 3, "-": 1, "*": 1, "/": 1, "constant": 1], "the difference over the number of examples")
  }

  @Test func sigmoidsDerivativeUsesItsOutput() throws {
    var builder = CallBuilder()
    let x = builder.input([4])
    let y = try builder.call("sigmoid", ["x": .value(x)])
    let slope = builder.graph.gradient(of: y, seed: builder.graph.fill(1, builder.graph.type(y)), by: [x])[0]
    let counts = operations(builder, slope)
    #expect(counts["sigmoid"] == 1)
    #expect(counts["*"] == 1)
  }

  @Test(arguments: [(2.0, "square"), (0.5, "sqrt")])
  func powersBecomeCheaper(_ exponent: Double, _ name: String) throws {
    var builder = CallBuilder()
    let x = builder.input([4])
    let power = try BinaryOperator.power.apply(x, builder.graph.fill(exponent), in: &builder.graph)
    #expect(operations(builder, power) == ["source": 1, name: 1])
  }
}
