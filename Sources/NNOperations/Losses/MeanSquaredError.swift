package import NNGraph

package struct MeanSquaredError: CatalogueFunction {
  package static let name = "mean_squared_error"
  package static let parameters = pairLossParameters
  package static let documentation = Documentation(.loss, "Squared differences, averaged over the outputs.", formula: "mean (x - t)^2")
  package static let samples = pairLossSamples

  package static func apply(_ call: inout FunctionCall) throws(CallError) -> [Value] {
    let pair = try call.comparedPair()
    let difference = call.graph.subtract(pair.x, pair.target)
    return [try call.weightedMean(call.graph.node(Square(), [difference]))]
  }
}
