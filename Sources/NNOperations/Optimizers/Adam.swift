package import NNGraph

/// Adam, its decay a part of the gradient.
package struct Adam: OptimizerRule {
  package static let name = "adam"
  package static let parameters = [.rate] + AdamMoments.parameters + [.decay]
  package static let documentation = OptimizerDocumentation(
    "Adam: steps of about the rate's size along each coordinate.", formula: "g += decay p; " + AdamMoments.formula)

  private let moments: AdamMoments
  private let decay: Double

  package init(_ numbers: [String: Double]) throws(CallError) {
    moments = try AdamMoments(numbers)
    decay = try checkedDecay(numbers)
  }

  package var slots: Int { 2 }

  package func update(
    parameter: Value, gradient: Value, slots: [Value], rate: Value, step: Value, in graph: inout GraphBuilder
  ) -> (parameter: Value, slots: [Value]) {
    let slope = graph.decayed(gradient, parameter, by: decay)
    let (change, memory) = moments.change(along: slope, slots: slots, rate: rate, step: step, in: &graph)
    return (graph.subtract(parameter, change), memory)
  }
}
