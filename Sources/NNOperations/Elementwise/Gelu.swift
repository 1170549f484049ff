package import NNGraph

package struct Gelu: CatalogueFunction {
  package static let name = "gelu"
  package static let parameters = [FunctionParameter("x", .tensor)]
  package static let documentation = Documentation(
    .elementwise, "The Gaussian error linear unit, exact.", formula: "x * (1 + erf(x / sqrt 2)) / 2")
  package static let samples = [Sample(["x": .tensor([3, 5])])]

  package static func apply(_ call: inout FunctionCall) throws(CallError) -> [Value] {
    let x = call.value("x")
    let error = call.graph.node(Erf(), [call.graph.multiply(x, call.graph.fill(0.5.squareRoot()))])
    let share = call.graph.multiply(call.graph.fill(0.5), call.graph.add(error, call.graph.fill(1)))
    return [call.graph.multiply(x, share)]
  }
}
