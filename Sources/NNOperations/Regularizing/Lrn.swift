package import NNGraph

package struct Lrn: CatalogueFunction {
  package static let name = "lrn"
  package static let parameters = [
    FunctionParameter("x", .tensor),
    FunctionParameter("size", .wholeNumber),
    FunctionParameter("alpha", .number, named: true, default: "1e-4"),
    FunctionParameter("beta", .number, named: true, default: "0.75"),
    FunctionParameter("k", .number, named: true, default: "2"),
  ]
  package static let documentation = Documentation(
    .regularizing,
    """
    Local response normalisation across channels, the places on axis 0, as in AlexNet: `alpha` is not divided by `size` (PyTorch divides it). The window of \
    `size` channels has the channel in its middle; of an even size, the odd one comes before.
    """,
    formula: "y[c] = x[c] / (k + alpha sum(x[j]^2))^beta over the channels j of the window around c")
  package static let samples = [
    Sample(["x": .tensor([5, 3]), "size": .number(3), "alpha": .number(0.5)]),
    Sample(["x": .tensor([5, 2, 3]), "size": .number(4), "alpha": .number(0.1), "beta": .number(0.5), "k": .number(1)]),
    Sample(["x": .tensor([3]), "size": .number(9)]),
  ]

  /// The most channels of a window: each is a term of its own.
  private static let widest = 256

  package static func apply(_ call: inout FunctionCall) throws(CallError) -> [Value] {
    let x = call.value("x")
    guard let channels = call.graph.shape(x).dimensions.first else {
      throw CallError("'lrn' needs an axis of channels, but its input is a single number", at: "x")
    }
    let size = call.wholeNumber("size")
    guard size >= 1 else { throw CallError("a window has at least 1 channel, not \(size)", at: "size") }
    let (before, after) = (min(size / 2, channels - 1), min((size - 1) / 2, channels - 1))
    guard before + after < widest else { throw CallError("a window of more than \(widest) channels is too wide", at: "size") }
    let sum = try windowSum(call.graph.node(Square(), [x]), before: before, after: after, in: &call)
    let weighted = call.graph.multiply(call.graph.fill(call.number("alpha", default: 1e-4)), sum)
    let base = call.graph.add(call.graph.fill(call.number("k", default: 2)), weighted)
    let power = call.graph.node(Power(), [base, call.graph.fill(-call.number("beta", default: 0.75))])
    return [call.graph.multiply(x, power)]
  }

  /// Each channel with its neighbours: the sum of shifted slices of the padded tensor.
  private static func windowSum(_ x: Value, before: Int, after: Int, in call: inout FunctionCall) throws(CallError) -> Value {
    let shape = call.graph.shape(x)
    guard before + after > 0 else { return x }
    let offsets = shape.dimensions.indices.map { $0 == 0 ? before : 0 }
    let padded = Shape([before + shape[0] + after] + shape.dimensions.dropFirst())
    let wide = try call.node(Place(offsets: [offsets], shape: padded), [x])
    var sum = call.graph.slice(wide, axis: 0, from: 0, count: shape[0])
    for shift in 1...(before + after) { sum = call.graph.add(sum, call.graph.slice(wide, axis: 0, from: shift, count: shape[0])) }
    return sum
  }
}
