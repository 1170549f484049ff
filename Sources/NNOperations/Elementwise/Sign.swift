package import NNGraph

package struct Sign: UnaryFunction {
  package static let name = "sign"
  package static let summary = "-1, 0 or 1. Its gradient is 0 everywhere."
  package static let formula = "(x > 0) - (x < 0)"
  package var expression: ScalarExpression { .unary(.step, .input(0)) - .unary(.step, -.input(0)) }

  package init() {}

  package func derivative(times factor: Value, _ x: Value, _ y: Value, in graph: inout GraphBuilder) -> Value? {
    nil
  }
}
