package import NNGraph
import NNSource

package struct Huber: CatalogueFunction {
  package static let name = "huber"
  package static let parameters = pairLossParameters + [FunctionParameter("delta", .number, named: true, default: "1")]
  package static let documentation = Documentation(
    .loss, "Squared for small differences, straight for large ones, summed over the outputs.",
    formula: "sum of d^2 / 2 where |d| <= delta, else delta (|d| - delta / 2), with d = x - t")
  package static let samples = pairLossSamples + [Sample(["x": .tensor([5]), "target": .tensor([5]), "delta": .number(0.5)])]

  package static func apply(_ call: inout FunctionCall) throws(CallError) -> [Value] {
    let delta = call.number("delta", default: 1)
    guard delta > 0 else { throw CallError("'huber' needs a delta above 0, not \(delta.plain)", at: "delta") }
    let pair = try call.comparedPair()
    let difference = call.graph.subtract(pair.x, pair.target)
    return [try call.weightedSum(call.graph.node(HuberLoss(delta: delta), [difference]))]
  }
}

/// With c the difference clipped to ±delta, c (d - c / 2); its derivative is c.
private struct HuberLoss: ElementwiseOperation {
  var delta: Double

  static let mnemonic = "huber"
  var attributes: String { "delta=\(delta)" }
  var expression: ScalarExpression {
    let clipped: ScalarExpression = .binary(.min, .binary(.max, .input(0), .constant(-delta)), .constant(delta))
    return clipped * (.input(0) - .constant(0.5) * clipped)
  }

  func derivatives(_ factor: Value, by input: Int, inputs: [Value], output: Value, in graph: inout GraphBuilder) -> Value? {
    graph.multiply(factor, graph.node(Clip(), [inputs[0], graph.fill(-delta), graph.fill(delta)]))
  }
}
