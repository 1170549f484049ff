package import NNGraph

package struct RootMeanSquaredError: CatalogueFunction {
  package static let name = "root_mean_squared_error"
  package static let parameters = [FunctionParameter("x", .tensor), FunctionParameter("target", .target)]
  package static let documentation = Documentation(
    .metric, "The root of the mean of squared differences. The root is taken last, after the mean over all examples.",
    formula: "sqrt(mean (x - t)^2)")
  package static let metricFinish = Metric.Finish.squareRoot
  package static let samples = [Sample(["x": .tensor([5]), "target": .tensor([5])])]

  package static func apply(_ call: inout FunctionCall) throws(CallError) -> [Value] {
    let pair = try call.comparedPair()
    let difference = call.graph.subtract(pair.x, pair.target)
    return [try call.weightedMean(call.graph.node(Square(), [difference]))]
  }
}
