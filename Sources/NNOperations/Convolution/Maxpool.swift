package import NNGraph

package struct Maxpool: CatalogueFunction {
  package static let name = "maxpool"
  package static let parameters = FunctionCall.poolParameters
  package static let documentation = Documentation(
    .layer, "The largest of each window. Padding is never the largest; equal elements share the gradient.",
    formula: "y[c, i, j] = max of x[c, i * stride + u - pad, j * stride + v - pad] over u, v")
  package static let samples = FunctionCall.poolSamples

  package static func apply(_ call: inout FunctionCall) throws(CallError) -> [Value] {
    [try call.pooled(name, .max).value]
  }
}
