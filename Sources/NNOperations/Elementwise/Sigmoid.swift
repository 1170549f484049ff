package import NNGraph

package struct Sigmoid: UnaryFunction {
  package static let name = "sigmoid"
  package static let summary = "The logistic function: squeezes any number into 0...1."
  package static let formula = "1 / (1 + e^-x)"
  package var expression: ScalarExpression { .unary(.sigmoid, .input(0)) }
  package var bounds: ClosedRange<Double>? { 0...1 }

  package init() {}

  package func derivative(times factor: Value, _ x: Value, _ y: Value, in graph: inout GraphBuilder) -> Value? {
    graph.multiply(graph.multiply(factor, graph.subtract(graph.fill(1), y)), y)
  }
}
