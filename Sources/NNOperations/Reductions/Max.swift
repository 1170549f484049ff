package import NNGraph

package struct Max: CatalogueFunction {
  package static let name = "max"
  package static let parameters = extremeParameters
  package static let documentation = Documentation(
    .reduction, "The largest element; of two tensors, the larger of each pair. Equal ones share the gradient equally. NaN wins.",
    formula: "max(x1, ..., xn), or max(a, b) element by element")
  package static let samples = extremeSamples

  package static func apply(_ call: inout FunctionCall) throws(CallError) -> [Value] { [try call.extreme(Maximum(), .max)] }
}
