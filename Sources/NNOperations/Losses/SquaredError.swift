package import NNGraph

package struct SquaredError: CatalogueFunction {
  package static let name = "squared_error"
  package static let parameters = pairLossParameters
  package static let documentation = Documentation(.loss, "Squared differences, summed over the outputs.", formula: "sum (x - t)^2")
  package static let samples = pairLossSamples

  package static func apply(_ call: inout FunctionCall) throws(CallError) -> [Value] {
    let pair = try call.comparedPair()
    let difference = call.graph.subtract(pair.x, pair.target)
    return [try call.weightedSum(call.graph.node(Square(), [difference]))]
  }
}
