package import NNGraph

/// a % b, with the sign of b: a - b floor(a / b).
package struct Remainder: ElementwiseOperation {
  package static let mnemonic = "%"
  package var expression: ScalarExpression { .input(0) - .input(1) * .unary(.floor, .input(0) / .input(1)) }

  package init() {}

  package func derivatives(_ factor: Value, by input: Int, inputs: [Value], output: Value, in graph: inout GraphBuilder) -> Value? {
    if input == 0 { return factor }
    let turns = graph.node(Floor(), [graph.divide(inputs[0], inputs[1])])
    return graph.negate(graph.multiply(factor, turns))
  }
}
