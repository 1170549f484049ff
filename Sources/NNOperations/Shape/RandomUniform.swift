package import NNGraph

package struct RandomUniform: CatalogueFunction {
  package static let name = "random_uniform"
  package static let parameters = [FunctionParameter("shape", .shape)]
  package static let documentation = Documentation(
    .shape,
    "Random numbers, evenly spread over 0..<1. Drawn anew for every example while training; in use it is 0.5, the mean. No gradient.",
    formula: "x ~ U(0, 1)")
  package static let samples = [Sample(["shape": .list([2, 3])])]

  package static func apply(_ call: inout FunctionCall) throws(CallError) -> [Value] {
    let type = ValueType(try call.shape(), isBatched: true)
    let draw = call.draw(.uniform, type)
    return [call.graph.node(Modal(), [draw, call.graph.fill(0.5, type)])]
  }
}
