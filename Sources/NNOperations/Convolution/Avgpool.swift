package import NNGraph

package struct Avgpool: CatalogueFunction {
  package static let name = "avgpool"
  package static let parameters = FunctionCall.poolParameters
  package static let documentation = Documentation(
    .layer, "The mean of each window, in which padding counts as zeros.",
    formula: "y[c, i, j] = sum of x[c, i * stride + u - pad, j * stride + v - pad] over u, v, divided by the window's size")
  package static let samples = FunctionCall.poolSamples

  package static func apply(_ call: inout FunctionCall) throws(CallError) -> [Value] {
    let pool = try call.pooled(name, .sum)
    return [call.graph.multiply(pool.value, call.graph.fill(1 / Double(pool.size)))]
  }
}
