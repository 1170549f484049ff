package import NNGraph

/// Gradients in the units of the parameter: over their recent size, times the recent size of the changes.
package struct Adadelta: OptimizerRule {
  package static let name = "adadelta"
  package static let parameters = [
    OptimizerParameter("rate", default: 1), OptimizerParameter("smoothing", default: 0.9), OptimizerParameter("epsilon", default: 1e-6),
    .decay,
  ]
  package static let documentation = OptimizerDocumentation(
    "Each coordinate's gradient over its recent size, times the recent size of the changes.",
    formula: "g += decay p; s = smoothing s + (1 - smoothing) g^2; d = sqrt(u + epsilon) / sqrt(s + epsilon) g; "
      + "u = smoothing u + (1 - smoothing) d^2; p -= rate d")

  private let smoothing: Double
  private let epsilon: Double
  private let decay: Double

  package init(_ numbers: [String: Double]) throws(CallError) {
    smoothing = try checked(numbers, "smoothing", { $0 >= 0 && $0 <= 1 }, "from 0 to 1")
    epsilon = try checkedEpsilon(numbers)
    decay = try checkedDecay(numbers)
  }

  package var slots: Int { 2 }

  package func update(
    parameter: Value, gradient: Value, slots: [Value], rate: Value, step: Value, in graph: inout GraphBuilder
  ) -> (parameter: Value, slots: [Value]) {
    let slope = graph.decayed(gradient, parameter, by: decay)
    let square = graph.moving(slots[0], towards: graph.node(Square(), [slope]), keeping: smoothing)
    let ratio = graph.divide(size(slots[1], in: &graph), size(square, in: &graph))
    let change = graph.multiply(ratio, slope)
    let changes = graph.moving(slots[1], towards: graph.node(Square(), [change]), keeping: smoothing)
    return (graph.subtract(parameter, graph.multiply(rate, change)), [square, changes])
  }

  private func size(_ square: Value, in graph: inout GraphBuilder) -> Value {
    graph.node(Sqrt(), [graph.add(square, graph.fill(epsilon))])
  }
}
