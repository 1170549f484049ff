package import NNGraph

package struct Square: UnaryFunction {
  package static let name = "square"
  package static let summary = "The square."
  package static let formula = "x^2"
  package var expression: ScalarExpression { .unary(.square, .input(0)) }

  package init() {}

  package func derivative(times factor: Value, _ x: Value, _ y: Value, in graph: inout GraphBuilder) -> Value? {
    graph.multiply(factor, graph.multiply(graph.fill(2), x))
  }
}
