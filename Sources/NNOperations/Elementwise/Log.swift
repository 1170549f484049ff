package import NNGraph

package struct Log: UnaryFunction {
  package static let name = "log"
  package static let summary = "The natural logarithm."
  package static let formula = "log x"
  package static let sampleRange = 0.2...3.0
  package var expression: ScalarExpression { .unary(.log, .input(0)) }

  package init() {}

  package func derivative(times factor: Value, _ x: Value, _ y: Value, in graph: inout GraphBuilder) -> Value? {
    graph.divide(factor, x)
  }
}
