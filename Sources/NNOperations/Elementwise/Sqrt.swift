package import NNGraph

package struct Sqrt: UnaryFunction {
  package static let name = "sqrt"
  package static let summary = "The square root. Its gradient at 0 is infinite; that of `norm` is 0."
  package static let formula = "sqrt x"
  package static let sampleRange = 0.2...3.0
  package var expression: ScalarExpression { .unary(.sqrt, .input(0)) }

  package init() {}

  package func derivative(times factor: Value, _ x: Value, _ y: Value, in graph: inout GraphBuilder) -> Value? {
    graph.divide(graph.multiply(factor, graph.fill(0.5)), y)
  }
}
