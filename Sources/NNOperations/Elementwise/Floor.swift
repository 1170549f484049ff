package import NNGraph

package struct Floor: UnaryFunction {
  package static let name = "floor"
  package static let summary = "The largest whole number that is not above x. Its gradient is 0 everywhere."
  package static let formula = "the whole n with n <= x < n + 1"
  package var expression: ScalarExpression { .unary(.floor, .input(0)) }

  package init() {}

  package func derivative(times factor: Value, _ x: Value, _ y: Value, in graph: inout GraphBuilder) -> Value? {
    nil
  }
}
