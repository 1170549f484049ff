package import NNGraph

/// Adam, its decay apart from the gradient: the parameter shrinks by itself, whatever the gradients were.
package struct Adamw: OptimizerRule {
  package static let name = "adamw"
  package static let parameters = [.rate] + AdamMoments.parameters + [OptimizerParameter("decay", default: 0.01)]
  package static let documentation = OptimizerDocumentation(
    "Adam with decoupled decay: the parameter shrinks by itself, and the decay is no part of the gradient.",
    formula: "p -= rate decay p; " + AdamMoments.formula)

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
    let shrunk = graph.multiply(parameter, graph.subtract(graph.fill(1), graph.multiply(rate, graph.fill(decay))))
    let (change, memory) = moments.change(along: gradient, slots: slots, rate: rate, step: step, in: &graph)
    return (graph.subtract(shrunk, change), memory)
  }
}
