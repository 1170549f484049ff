package import NNGraph

package struct Tanh: UnaryFunction {
  package static let name = "tanh"
  package static let summary = "The hyperbolic tangent: squeezes any number into -1...1."
  package static let formula = "(e^x - e^-x) / (e^x + e^-x)"
  package var expression: ScalarExpression { .unary(.tanh, .input(0)) }
  package var bounds: ClosedRange<Double>? { -1...1 }

  package init() {}

  package func derivative(times factor: Value, _ x: Value, _ y: Value, in graph: inout GraphBuilder) -> Value? {
    graph.multiply(factor, graph.subtract(graph.fill(1), graph.node(Square(), [y])))
  }
}
