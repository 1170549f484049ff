package import NNGraph

package struct Ones: CatalogueFunction {
  package static let name = "ones"
  package static let parameters = [FunctionParameter("shape", .shape)]
  package static let documentation = Documentation(.shape, "A tensor of ones.", formula: "1 everywhere")
  package static let samples = [Sample(["shape": .list([2, 3])])]

  package static func apply(_ call: inout FunctionCall) throws(CallError) -> [Value] {
    [call.graph.fill(1, ValueType(try call.shape(), isBatched: false))]
  }
}
