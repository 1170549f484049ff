package import NNGraph

package struct Elu: ElementwiseOperation, CatalogueFunction {
  package static let name = "elu"
  package static let mnemonic = name
  package static let parameters = [FunctionParameter("x", .tensor), FunctionParameter("alpha", .number, named: true, default: "1")]
  package static let documentation = Documentation(
    .elementwise, "The exponential linear unit. Its gradient at 0 is alpha.", formula: "x where x > 0, else alpha (e^x - 1)")
  package static let samples = [Sample(["x": .tensor([3, 5])]), Sample(["x": .tensor([3, 5]), "alpha": .number(0.5)])]

  package var alpha: Double
  package var attributes: String { "alpha=\(alpha)" }
  package var expression: ScalarExpression {
    .select(.unary(.step, .input(0)), .input(0), .constant(alpha) * .unary(.expm1, .input(0)))
  }

  package var bounds: ClosedRange<Double>? { alpha >= 0 ? -alpha...(.infinity) : nil }

  package static func apply(_ call: inout FunctionCall) throws(CallError) -> [Value] {
    [try call.node(Elu(alpha: call.number("alpha", default: 1)), [call.value("x")])]
  }

  /// alpha e^x is y + alpha.
  package func derivatives(_ factor: Value, by input: Int, inputs: [Value], output: Value, in graph: inout GraphBuilder) -> Value? {
    let isPositive = graph.node(Step(), [inputs[0]])
    return graph.multiply(factor, graph.select(isPositive, graph.fill(1), graph.add(output, graph.fill(alpha))))
  }
}
