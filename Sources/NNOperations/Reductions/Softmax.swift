package import NNGraph

package struct Softmax: CatalogueFunction {
  package static let name = "softmax"
  package static let parameters = [FunctionParameter("x", .tensor), lastAxisParameter]
  package static let documentation = Documentation(
    .reduction, "Turns scores into a probability distribution over the last axis, or over `axis:`.",
    formula: "exp(x - max x) / sum(exp(x - max x))")
  package static let samples = lastAxisSamples

  package static func apply(_ call: inout FunctionCall) throws(CallError) -> [Value] {
    let axes = try call.lastAxes(of: "x")
    return [call.graph.softmax(call.value("x"), axes: axes)]
  }
}

extension GraphBuilder {
  /// exp(x - max x) and the sum of it over `axes`, which stay with extent 1. The maximum is a constant to derivatives: it cancels.
  ///
  /// - Parameter finitely: whether an infinite maximum is not subtracted, which would make NaN of it.
  package mutating func shiftedExponentials(
    _ x: Value, axes: [Int], finitely: Bool = false
  ) -> (shift: Value, exponentials: Value, sum: Value) {
    let kept = keeping(axes, of: shape(x))
    var shift = node(Stop(), [reshape(reduce(.max, x, axes: axes), to: kept)])
    if finitely { shift = select(node(Less(), [node(Abs(), [shift]), fill(.infinity)]), shift, fill(0)) }
    let exponentials = node(Exp(), [subtract(x, shift)])
    return (shift, exponentials, reshape(reduce(.sum, exponentials, axes: axes), to: kept))
  }

  package mutating func softmax(_ x: Value, axes: [Int]) -> Value {
    let parts = shiftedExponentials(x, axes: axes)
    return divide(parts.exponentials, parts.sum)
  }

  /// A shape with the given axes at extent 1.
  package func keeping(_ axes: [Int], of shape: Shape) -> Shape {
    Shape(shape.dimensions.indices.map { axes.contains($0) ? 1 : shape[$0] })
  }
}
