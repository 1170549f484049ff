package import NNGraph

package struct HalfSquaredError: CatalogueFunction {
  package static let name = "half_squared_error"
  package static let parameters = pairLossParameters
  package static let documentation = Documentation(
    .loss, "Half of the squared differences, summed over the outputs.", formula: "sum (x - t)^2 / 2")
  package static let samples = pairLossSamples

  package static func apply(_ call: inout FunctionCall) throws(CallError) -> [Value] {
    let pair = try call.comparedPair()
    let difference = call.graph.subtract(pair.x, pair.target)
    return [call.graph.multiply(call.graph.fill(0.5), try call.weightedSum(call.graph.node(Square(), [difference])))]
  }
}
