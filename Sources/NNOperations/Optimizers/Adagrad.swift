package import NNGraph

/// Gradients over the size of all that came before: coordinates that seldom move take longer steps.
package struct Adagrad: OptimizerRule {
  package static let name = "adagrad"
  package static let parameters = [.rate, OptimizerParameter("epsilon", default: 1e-10), .decay]
  package static let documentation = OptimizerDocumentation(
    "Each coordinate's gradient over the root of the sum of its squares so far.",
    formula: "g += decay p; s = s + g^2; p -= rate g / (sqrt(s) + epsilon)")

  private let epsilon: Double
  private let decay: Double

  package init(_ numbers: [String: Double]) throws(CallError) {
    epsilon = try checkedEpsilon(numbers)
    decay = try checkedDecay(numbers)
  }

  package var slots: Int { 1 }

  package func update(
    parameter: Value, gradient: Value, slots: [Value], rate: Value, step: Value, in graph: inout GraphBuilder
  ) -> (parameter: Value, slots: [Value]) {
    let slope = graph.decayed(gradient, parameter, by: decay)
    let sum = graph.add(slots[0], graph.node(Square(), [slope]))
    let direction = graph.divide(slope, graph.add(graph.node(Sqrt(), [sum]), graph.fill(epsilon)))
    return (graph.subtract(parameter, graph.multiply(rate, direction)), [sum])
  }
}
