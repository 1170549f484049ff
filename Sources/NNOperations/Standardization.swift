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

  /// The mean of `count` numbers and the sum of their squared distances from it, both with the reduced axes at extent 1.
  ///
  /// A first sum gives a rough mean c, whose rounding errors a second pass takes away: with s = sum (x - c) the mean is c + s / count and the squares are
  /// sum (x - c)^2 - s^2 / count, whatever c is. So c counts as a constant in derivatives, and no gradient is another pass over x.
  mutating func moments(of x: Value, axes: [Int], batch: Bool, count: Value) -> (mean: Value, squares: Value) {
    let kept = keeping(axes, of: shape(x))
    func sum(_ value: Value, _ graph: inout GraphBuilder) -> Value {
      graph.reshape(graph.reduce(.sum, value, axes: axes, batch: batch), to: kept)
    }
    let rough = node(Stop(), [divide(sum(x, &self), count)])
    let distances = subtract(x, rough)
    let rest = sum(distances, &self)
    let correction = divide(rest, count)
    let squares = subtract(sum(node(Square(), [distances]), &self), multiply(rest, correction))
    return (add(rough, correction), squares)
  }

  /// Likewise, by the mean and the biased variance over `axes` of each example.
  mutating func standardized(_ x: Value, axes: [Int], epsilon: Double) -> Value {
    let count = fill(Double(axes.reduce(1) { $0 * shape(x)[$1] }))
    let (mean, squares) = moments(of: x, axes: axes, batch: false, count: count)
    return standardized(x, mean: mean, variance: divide(squares, count), epsilon: epsilon)
  }
}
