package import NNGraph

package struct MeanAbsoluteError: CatalogueFunction {
  package static let name = "mean_absolute_error"
  package static let parameters = pairLossParameters
  package static let documentation = Documentation(
    .loss, "Absolute differences, averaged over the outputs: a loss and a metric.", formula: "mean |x - t|")
  package static let samples = pairLossSamples

  package static func apply(_ call: inout FunctionCall) throws(CallError) -> [Value] {
    let pair = try call.comparedPair()
    let difference = call.graph.subtract(pair.x, pair.target)
    return [try call.weightedMean(call.graph.node(Abs(), [difference]))]
  }
}
