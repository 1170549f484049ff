package import NNGraph

package struct Zeros: CatalogueFunction {
  package static let name = "zeros"
  package static let parameters = [FunctionParameter("shape", .shape)]
  package static let documentation = Documentation(.shape, "A tensor of zeros.", formula: "0 everywhere")
  package static let samples = [Sample(["shape": .list([2, 3])])]

  package static func apply(_ call: inout FunctionCall) throws(CallError) -> [Value] {
    [call.graph.fill(0, ValueType(try call.shape(), isBatched: false))]
  }
}
