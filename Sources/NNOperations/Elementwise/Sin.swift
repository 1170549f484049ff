package import NNGraph

package struct Sin: UnaryFunction {
  package static let name = "sin"
  package static let summary = "The sine, of radians."
  package static let formula = "sin x"
  package var expression: ScalarExpression { .unary(.sin, .input(0)) }

  package init() {}

  package func derivative(times factor: Value, _ x: Value, _ y: Value, in graph: inout GraphBuilder) -> Value? {
    graph.multiply(factor, graph.node(Cos(), [x]))
  }
}
