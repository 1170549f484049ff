package import NNGraph

package struct Exp: UnaryFunction {
  package static let name = "exp"
  package static let summary = "The exponential function."
  package static let formula = "e^x"
  package var expression: ScalarExpression { .unary(.exp, .input(0)) }

  package init() {}

  package func derivative(times factor: Value, _ x: Value, _ y: Value, in graph: inout GraphBuilder) -> Value? {
    graph.multiply(factor, y)
  }
}
