package import NNGraph

package struct Log1p: UnaryFunction {
  package static let name = "log1p"
  package static let summary = "The natural logarithm of 1 + x, exact near 0."
  package static let formula = "log(1 + x)"
  package static let sampleRange = -0.5...3.0
  package var expression: ScalarExpression { .unary(.log1p, .input(0)) }

  package init() {}

  package func derivative(times factor: Value, _ x: Value, _ y: Value, in graph: inout GraphBuilder) -> Value? {
    graph.divide(factor, graph.add(x, graph.fill(1)))
  }
}
