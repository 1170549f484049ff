package import NNGraph

package struct AbsoluteError: CatalogueFunction {
  package static let name = "absolute_error"
  package static let parameters = pairLossParameters
  package static let documentation = Documentation(
    .loss, "Absolute differences, summed over the outputs. The gradient where they are 0 is 0.", formula: "sum |x - t|")
  package static let samples = pairLossSamples

  package static func apply(_ call: inout FunctionCall) throws(CallError) -> [Value] {
    let pair = try call.comparedPair()
    let difference = call.graph.subtract(pair.x, pair.target)
    return [try call.weightedSum(call.graph.node(Abs(), [difference]))]
  }
}
