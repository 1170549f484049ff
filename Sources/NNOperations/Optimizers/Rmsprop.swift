package import NNGraph

/// Gradients over their recent size, around their recent mean if wanted.
package struct Rmsprop: OptimizerRule {
  package static let name = "rmsprop"
  package static let parameters = [
    .rate, OptimizerParameter("smoothing", default: 0.99), OptimizerParameter("epsilon", default: 1e-8),
    OptimizerParameter("momentum", default: 0), OptimizerParameter("centered", default: 0, isFlag: true), .decay,
  ]
  package static let documentation = OptimizerDocumentation(
    "Each coordinate's gradient over the root of its recent mean square; of its recent variance if centered.",
    formula: "g += decay p; s = smoothing s + (1 - smoothing) g^2; r = sqrt(s) + epsilon; p -= rate g / r, or with momentum "
      + "v = momentum v + g / r; p -= rate v; centered: a = smoothing a + (1 - smoothing) g; r = sqrt(max(s - a^2, 0)) + epsilon")

  private let smoothing: Double
  private let epsilon: Double
  private let momentum: Double
  private let isCentered: Bool
  private let decay: Double

  package init(_ numbers: [String: Double]) throws(CallError) {
    smoothing = try checked(numbers, "smoothing", { $0 >= 0 && $0 <= 1 }, "from 0 to 1")
    epsilon = try checkedEpsilon(numbers)
    momentum = try checkedMomentum(numbers)
    isCentered = numbers["centered"] == 1
    decay = try checkedDecay(numbers)
  }

  package var slots: Int { 1 + (isCentered ? 1 : 0) + (momentum == 0 ? 0 : 1) }

  package func update(
    parameter: Value, gradient: Value, slots: [Value], rate: Value, step: Value, in graph: inout GraphBuilder
  ) -> (parameter: Value, slots: [Value]) {
    let slope = graph.decayed(gradient, parameter, by: decay)
    var memory = [graph.moving(slots[0], towards: graph.node(Square(), [slope]), keeping: smoothing)]
    var spread = memory[0]
    if isCentered {
      let mean = graph.moving(slots[1], towards: slope, keeping: smoothing)
      memory.append(mean)
      // A variance; rounding must not take it below 0.
      spread = graph.node(Maximum(), [graph.subtract(spread, graph.node(Square(), [mean])), graph.fill(0)])
    }
    var direction = graph.divide(slope, graph.add(graph.node(Sqrt(), [spread]), graph.fill(epsilon)))
    if momentum > 0 {
      direction = graph.add(graph.multiply(graph.fill(momentum), slots[memory.count]), direction)
      memory.append(direction)
    }
    return (graph.subtract(parameter, graph.multiply(rate, direction)), memory)
  }
}
