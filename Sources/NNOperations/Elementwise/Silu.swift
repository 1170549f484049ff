package import NNGraph

package struct Silu: CatalogueFunction {
  package static let name = "silu"
  package static let parameters = [FunctionParameter("x", .tensor)]
  package static let documentation = Documentation(.elementwise, "The sigmoid linear unit, also called swish.", formula: "x * sigmoid(x)")
  package static let samples = [Sample(["x": .tensor([3, 5])])]

  package static func apply(_ call: inout FunctionCall) throws(CallError) -> [Value] {
    let x = call.value("x")
    return [call.graph.multiply(x, call.graph.node(Sigmoid(), [x]))]
  }
}
