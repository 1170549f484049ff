package import NNGraph
import NNSource

package struct Batchnorm: CatalogueFunction {
  package static let name = "batchnorm"
  package static let parameters = [
    FunctionParameter("x", .tensor),
    FunctionParameter("momentum", .number, named: true, default: "0.1"),
    epsilonParameter,
  ]
  package static let documentation = Documentation(
    .regularizing,
    """
    Brings each channel, a place on axis 0, to mean 0 and variance 1, then scales and shifts it. While training, mean m and variance v are those of the \
    channel over the whole batch and all other axes, the gradient goes through them, and the saved statistics `mean` and `variance` (unbiased) move \
    towards them; in use, m and v are the saved ones. A channel of just one number cannot be trained on: the loss is then NaN.
    """,
    formula: "y = scale (x - m) / sqrt(v + epsilon) + bias;  mean = (1 - momentum) mean + momentum m, variance likewise")
  package static let samples = [
    Sample(["x": .tensor([3, 5])]),
    Sample(["x": .tensor([3, 2, 3]), "momentum": .number(0.25), "epsilon": .number(0.01)]),
  ]

  package static func apply(_ call: inout FunctionCall) throws(CallError) -> [Value] {
    let momentum = call.number("momentum", default: 0.1)
    guard momentum >= 0 && momentum <= 1 else {
      throw CallError("'momentum' is how far statistics move, from 0 to 1, not \(momentum.plain)", at: "momentum")
    }
    let epsilon = try call.epsilon()
    let x = call.value("x")
    let shape = call.graph.shape(x)
    guard shape.rank > 0 else {
      throw CallError("'batchnorm' needs an axis of channels, but its input is a single number", at: "x", help: "reshape(x, [1])")
    }
    guard call.type("x").isBatched || shape.count > shape[0] else {
      throw CallError("'batchnorm' of one number per channel that is the same for all examples has no variance", at: "x")
    }
    let measured = call.graph.batchStatistics(x)
    let mean = call.statistic("mean", initial: 0, measured: measured.mean, momentum: momentum)
    let variance = call.statistic("variance", initial: 1, measured: measured.unbiased, momentum: momentum)
    let spread = call.graph.keeping(Array(1..<shape.rank), of: shape)
    let chosenMean = call.graph.reshape(call.graph.node(Modal(), [measured.mean, mean]), to: spread)
    let chosenVariance = call.graph.reshape(call.graph.node(Modal(), [measured.variance, variance]), to: spread)
    let standard = call.graph.standardized(x, mean: chosenMean, variance: chosenVariance, epsilon: epsilon)
    return [try call.scaledAndShifted(standard, axis: 0)]
  }
}

extension GraphBuilder {
  /// Of each channel, over the examples and all axes but the first, in two passes. Of a single number all are NaN but the mean.
  fileprivate mutating func batchStatistics(_ x: Value) -> (mean: Value, variance: Value, unbiased: Value) {
    let shape = shape(x)
    let others = Array(1..<shape.rank)
    let perExample = fill(Double(shape.count / max(shape[0], 1)))
    let count = type(x).isBatched ? multiply(batchSize(), perExample) : perExample
    let moments = moments(of: x, axes: others, batch: true, count: count)
    let mean = reshape(moments.mean, to: [shape[0]])
    let squares = reshape(moments.squares, to: [shape[0]])
    let freedom = subtract(count, fill(1))
    let unbiased = divide(squares, freedom)
    return (mean, multiply(unbiased, divide(freedom, count)), unbiased)
  }
}
