package import NNGraph

package struct LeakyRelu: ElementwiseOperation, CatalogueFunction {
  package static let name = "leaky_relu"
  package static let mnemonic = name
  package static let parameters = [FunctionParameter("x", .tensor), FunctionParameter("slope", .number, named: true, default: "0.1")]
  package static let documentation = Documentation(
    .elementwise, "A rectifier with a slope for negative numbers, which is its gradient at 0 too.", formula: "x where x > 0, else slope x")
  package static let samples = [Sample(["x": .tensor([3, 5])]), Sample(["x": .tensor([3, 5]), "slope": .number(0.25)])]

  package var slope: Double
  package var attributes: String { "slope=\(slope)" }
  package var expression: ScalarExpression { .select(.unary(.step, .input(0)), .input(0), .constant(slope) * .input(0)) }

  package static func apply(_ call: inout FunctionCall) throws(CallError) -> [Value] {
    [try call.node(LeakyRelu(slope: call.number("slope", default: 0.1)), [call.value("x")])]
  }

  package func derivatives(_ factor: Value, by input: Int, inputs: [Value], output: Value, in graph: inout GraphBuilder) -> Value? {
    let isPositive = graph.node(Step(), [inputs[0]])
    return graph.multiply(factor, graph.select(isPositive, graph.fill(1), graph.fill(slope)))
  }
}
