package import NNGraph

package struct Flatten: CatalogueFunction {
  package static let name = "flatten"
  package static let parameters = [FunctionParameter("x", .anyTensor)]
  package static let documentation = Documentation(.shape, "All elements along one axis, in row-major order.", formula: "reshape(x, [-1])")
  package static let samples = [Sample(["x": .tensor([2, 3, 4])])]

  package static func apply(_ call: inout FunctionCall) throws(CallError) -> [Value] {
    let x = call.value("x")
    return [call.graph.reshape(x, to: Shape([call.graph.shape(x).count]))]
  }
}
