package import NNGraph

package struct Elastic: CatalogueFunction {
  package static let name = "elastic"
  package static let parameters = [FunctionParameter("W", .group), FunctionParameter("beta", .number)]
  package static let documentation = Documentation(
    .regularizing,
    "The sum of absolute values and beta times that of squares over all elements of W, or of every tensor of a group such as `weights`.",
    formula: "beta sum W^2 + sum |W|")
  package static let samples = [Sample(["W": .tensor([3, 5]), "beta": .number(0.25)])]

  package static func apply(_ call: inout FunctionCall) throws(CallError) -> [Value] {
    let squares = call.total(Square(), over: call.values("W"))
    let weighted = call.graph.multiply(call.graph.fill(call.number("beta")), squares)
    return [call.graph.add(weighted, call.total(Abs(), over: call.values("W")))]
  }
}
