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

  /// The sum of (x - m)^2 for the mean m of `count` numbers, in a pass of its own.
  ///
  /// It is sum (x - c)^2 - count (m - c)^2 for any constant c, for c = m too, where the second term is 0. Written like this, derivatives of any order
  /// are right, and a gradient does not go through the mean, which would be another pass over x.
  mutating func squaresAbout(_ mean: Value, of x: Value, axes: [Int], batch: Bool, count: Value) -> Value {
    let centre = node(Stop(), [mean])
    let squares = reshape(reduce(.sum, node(Square(), [subtract(x, centre)]), axes: axes, batch: batch), to: shape(mean))
    return subtract(squares, multiply(count, node(Square(), [subtract(mean, centre)])))
  }

  /// Likewise, by the mean and the biased variance over `axes` of each example.
  mutating func standardized(_ x: Value, axes: [Int], epsilon: Double) -> Value {
    let kept = keeping(axes, of: shape(x))
    let count = fill(Double(axes.reduce(1) { $0 * shape(x)[$1] }))
    let mean = divide(reshape(reduce(.sum, x, axes: axes), to: kept), count)
    let squares = squaresAbout(mean, of: x, axes: axes, batch: false, count: count)
    return standardized(x, mean: mean, variance: divide(squares, count), epsilon: epsilon)
  }
}
