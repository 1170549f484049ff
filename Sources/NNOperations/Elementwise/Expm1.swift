package import NNGraph

package struct Expm1: UnaryFunction {
  package static let name = "expm1"
  package static let summary = "The exponential function less 1, exact near 0."
  package static let formula = "e^x - 1"
  package var expression: ScalarExpression { .unary(.expm1, .input(0)) }

  package init() {}

  package func derivative(times factor: Value, _ x: Value, _ y: Value, in graph: inout GraphBuilder) -> Value? {
    graph.multiply(factor, graph.add(y, graph.fill(1)))
  }
}
