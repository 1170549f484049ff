package import NNGraph

package struct Cos: UnaryFunction {
  package static let name = "cos"
  package static let summary = "The cosine, of radians."
  package static let formula = "cos x"
  package var expression: ScalarExpression { .unary(.cos, .input(0)) }

  package init() {}

  package func derivative(times factor: Value, _ x: Value, _ y: Value, in graph: inout GraphBuilder) -> Value? {
    graph.negate(graph.multiply(factor, graph.node(Sin(), [x])))
  }
}
