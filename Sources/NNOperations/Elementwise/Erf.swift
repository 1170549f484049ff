package import NNGraph

package struct Erf: UnaryFunction {
  package static let name = "erf"
  package static let summary = "The error function."
  package static let formula = "2 / sqrt(pi) * integral of e^(-t^2) for t from 0 to x"
  package var expression: ScalarExpression { .unary(.erf, .input(0)) }

  package init() {}

  package func derivative(times factor: Value, _ x: Value, _ y: Value, in graph: inout GraphBuilder) -> Value? {
    let bell = graph.node(Exp(), [graph.negate(graph.node(Square(), [x]))])
    return graph.multiply(factor, graph.multiply(graph.fill(2 / Double.pi.squareRoot()), bell))
  }
}
