package import NNGraph

/// Gradient descent. With momentum the velocity starts as the first gradient, since its memory starts at 0.
package struct Sgd: OptimizerRule {
  package static let name = "sgd"
  package static let parameters = [
    .rate, OptimizerParameter("momentum", default: 0), OptimizerParameter("nesterov", default: 0, isFlag: true), .decay,
  ]
  package static let documentation = OptimizerDocumentation(
    "Gradient descent, with momentum and Nesterov's look ahead if wanted.",
    formula: "g += decay p; v = momentum v + g; p -= rate v, or with nesterov p -= rate (g + momentum v)")

  package let momentum: Double
  package let isNesterov: Bool
  package let decay: Double

  package init(_ numbers: [String: Double]) throws(CallError) {
    momentum = try checkedMomentum(numbers)
    decay = try checkedDecay(numbers)
    isNesterov = numbers["nesterov"] == 1
    guard !isNesterov || momentum > 0 else {
      throw CallError("'nesterov' looks ahead along the momentum, which is 0", at: "nesterov", help: "momentum: 0.9")
    }
  }

  package var slots: Int { momentum == 0 ? 0 : 1 }

  package func update(
    parameter: Value, gradient: Value, slots: [Value], rate: Value, step: Value, in graph: inout GraphBuilder
  ) -> (parameter: Value, slots: [Value]) {
    let slope = graph.decayed(gradient, parameter, by: decay)
    guard let old = slots.first else { return (graph.subtract(parameter, graph.multiply(rate, slope)), []) }
    let velocity = graph.add(graph.multiply(graph.fill(momentum), old), slope)
    let direction = isNesterov ? graph.add(slope, graph.multiply(graph.fill(momentum), velocity)) : velocity
    return (graph.subtract(parameter, graph.multiply(rate, direction)), [velocity])
  }
}
