package import NNGraph

package struct Relu: UnaryFunction {
  package static let name = "relu"
  package static let summary = "The rectifier. Its gradient at 0 is 0."
  package static let formula = "max(x, 0)"
  package var expression: ScalarExpression { .unary(.relu, .input(0)) }
  package var bounds: ClosedRange<Double>? { 0...(.infinity) }

  package init() {}

  package func derivative(times factor: Value, _ x: Value, _ y: Value, in graph: inout GraphBuilder) -> Value? {
    graph.multiply(factor, graph.node(Step(), [y]))
  }
}
