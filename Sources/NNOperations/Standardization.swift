import NNGraph
import NNSource

/// What the normalising layers have in common.
let epsilonParameter = FunctionParameter("epsilon", .number, named: true, default: "1e-5")

extension FunctionCall {
  /// What is added to variances, so that none is 0.
  func epsilon() throws(CallError) -> Double {
    let epsilon = number("epsilon", default: 1e-5)
    guard epsilon >= 0 else { throw CallError("'epsilon' is not negative, as \(epsilon.plain) is", at: "epsilon") }
    return epsilon
  }

  /// scale x + bias, with one parameter each for every place along `axis`.
  mutating func scaledAndShifted(_ x: Value, axis: Int) throws(CallError) -> Value {
    let shape = graph.shape(x)
    let scale = try parameter("scale", [shape[axis]], initial: .constant(1))
    let bias = try parameter("bias", [shape[axis]], initial: .constant(0))
    let spread = Shape(shape.dimensions.indices.map { $0 == axis ? shape[axis] : 1 })
    return graph.add(graph.multiply(x, graph.reshape(scale, to: spread)), graph.reshape(bias, to: spread))
  }
}

extension GraphBuilder {
  /// (x - mean) / sqrt(variance + epsilon), where mean and variance keep the axes of `x` that they were taken over, at extent 1.
  mutating func standardized(_ x: Value, mean: Value, variance: Value, epsilon: Double) -> Value {
    let inverse = divide(fill(1), node(Sqrt(), [add(variance, fill(epsilon))]))
    return multiply(subtract(x, mean), inverse)
  }

  /// Likewise, by the mean and the biased variance over `axes` of each example: sum (x - mean)^2 / count, in two passes.
  mutating func standardized(_ x: Value, axes: [Int], epsilon: Double) -> Value {
    let kept = keeping(axes, of: shape(x))
    let count = fill(Double(axes.reduce(1) { $0 * shape(x)[$1] }))
    let mean = divide(reshape(reduce(.sum, x, axes: axes), to: kept), count)
    let squares = reduce(.sum, node(Square(), [subtract(x, mean)]), axes: axes)
    return standardized(x, mean: mean, variance: divide(reshape(squares, to: kept), count), epsilon: epsilon)
  }
}
