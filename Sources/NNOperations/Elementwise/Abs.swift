package import NNGraph

package struct Abs: UnaryFunction {
  package static let name = "abs"
  package static let summary = "The absolute value. Its gradient at 0 is 0."
  package static let formula = "|x|"
  package var expression: ScalarExpression { .unary(.absolute, .input(0)) }

  package init() {}

  package func derivative(times factor: Value, _ x: Value, _ y: Value, in graph: inout GraphBuilder) -> Value? {
    graph.multiply(factor, graph.node(Sign(), [x]))
  }
}
