package import NNGraph

package struct Step: UnaryFunction {
  package static let name = "step"
  package static let summary = "1 where x is positive, else 0. Its gradient is 0 everywhere."
  package static let formula = "x > 0"
  package var expression: ScalarExpression { .unary(.step, .input(0)) }

  package init() {}

  package func derivative(times factor: Value, _ x: Value, _ y: Value, in graph: inout GraphBuilder) -> Value? {
    nil
  }
}
