package import NNGraph

package struct Min: CatalogueFunction {
  package static let name = "min"
  package static let parameters = extremeParameters
  package static let documentation = Documentation(
    .reduction, "The smallest element; of two tensors, the smaller of each pair. Equal ones share the gradient equally. NaN wins.",
    formula: "min(x1, ..., xn), or min(a, b) element by element")
  package static let samples = extremeSamples

  package static func apply(_ call: inout FunctionCall) throws(CallError) -> [Value] { [try call.extreme(Minimum(), .min)] }
}
