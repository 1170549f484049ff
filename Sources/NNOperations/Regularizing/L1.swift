package import NNGraph

package struct L1: CatalogueFunction {
  package static let name = "l1"
  package static let parameters = [FunctionParameter("W", .group)]
  package static let documentation = Documentation(
    .regularizing, "The sum of absolute values over all elements of W, or of every tensor of a group such as `weights`.", formula: "sum |W|"
  )
  package static let samples = [Sample(["W": .tensor([3, 5])])]

  package static func apply(_ call: inout FunctionCall) throws(CallError) -> [Value] {
    [call.total(Abs(), over: call.values("W"))]
  }
}
