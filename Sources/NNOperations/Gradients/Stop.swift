package import NNGraph

package struct StopFunction: CatalogueFunction {
  package static let name = "stop"
  package static let parameters = [FunctionParameter("x", .tensor)]
  package static let documentation = Documentation(
    .gradient, "The value, taken as a constant by every derivative.", formula: "x, with gradient 0")
  package static let samples = [Sample(["x": .tensor([3, 5])], isDifferentiable: false)]

  package static func apply(_ call: inout FunctionCall) throws(CallError) -> [Value] { [try call.node(Stop(), [call.value("x")])] }
}
