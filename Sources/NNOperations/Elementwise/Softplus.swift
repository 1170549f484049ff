package import NNGraph

package struct Softplus: UnaryFunction {
  package static let name = "softplus"
  package static let summary = "A smooth rectifier, written so that nothing overflows."
  package static let formula = "log(1 + e^x) = max(x, 0) + log(1 + e^-|x|)"
  package var expression: ScalarExpression {
    .unary(.relu, .input(0)) + .unary(.log1p, .unary(.exp, -.unary(.absolute, .input(0))))
  }

  package init() {}

  package func derivative(times factor: Value, _ x: Value, _ y: Value, in graph: inout GraphBuilder) -> Value? {
    graph.multiply(factor, graph.node(Sigmoid(), [x]))
  }
}
