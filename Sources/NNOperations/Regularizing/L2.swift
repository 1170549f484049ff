package import NNGraph

package struct L2: CatalogueFunction {
  package static let name = "l2"
  package static let parameters = [FunctionParameter("W", .group)]
  package static let documentation = Documentation(
    .regularizing, "The sum of squares over all elements of W, or of every tensor of a group such as `weights`.", formula: "sum W^2")
  package static let samples = [Sample(["W": .tensor([3, 5])])]

  package static func apply(_ call: inout FunctionCall) throws(CallError) -> [Value] {
    [call.total(Square(), over: call.values("W"))]
  }
}
