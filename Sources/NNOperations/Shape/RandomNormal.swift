package import NNGraph

package struct RandomNormal: CatalogueFunction {
  package static let name = "random_normal"
  package static let parameters = [FunctionParameter("shape", .shape)]
  package static let documentation = Documentation(
    .shape,
    "Random numbers with mean 0 and variance 1. Drawn anew for every example while training; in use it is 0, the mean. No gradient.",
    formula: "x ~ N(0, 1)")
  package static let samples = [Sample(["shape": .list([2, 3])])]

  package static func apply(_ call: inout FunctionCall) throws(CallError) -> [Value] {
    let type = ValueType(try call.shape(), isBatched: true)
    let draw = call.draw(.normal, type)
    return [call.graph.node(Modal(), [draw, call.graph.fill(0, type)])]
  }
}
