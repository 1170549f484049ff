package import NNGraph

package struct Layernorm: CatalogueFunction {
  package static let name = "layernorm"
  package static let parameters = [FunctionParameter("x", .tensor), epsilonParameter]
  package static let documentation = Documentation(
    .regularizing,
    "Brings the last axis of each example to mean 0 and variance 1 (biased), then scales and shifts each place along it.",
    formula: "y = scale (x - mean) / sqrt(variance + epsilon) + bias, over the last axis")
  package static let samples = [
    Sample(["x": .tensor([5])]),
    Sample(["x": .tensor([3, 4]), "epsilon": .number(0.01)]),
  ]

  package static func apply(_ call: inout FunctionCall) throws(CallError) -> [Value] {
    let epsilon = try call.epsilon()
    let x = call.value("x")
    let rank = call.graph.shape(x).rank
    guard rank > 0 else { throw CallError("'layernorm' needs at least one axis, but its input is a single number", at: "x") }
    return [try call.scaledAndShifted(call.graph.standardized(x, axes: [rank - 1], epsilon: epsilon), axis: rank - 1)]
  }
}
