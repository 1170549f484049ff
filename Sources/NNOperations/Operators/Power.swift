package import NNGraph

/// a ^ b. Small constant exponents become products and roots.
package struct Power: ElementwiseOperation {
  package static let mnemonic = "^"
  package var expression: ScalarExpression { .binary(.pow, .input(0), .input(1)) }

  package init() {}

  /// By the base b a^(b - 1), which holds for negative bases too where b is whole, and is 0 where both are 0; by the exponent a^b log a, and 0 where a
  /// is 0.
  package func derivatives(_ factor: Value, by input: Int, inputs: [Value], output: Value, in graph: inout GraphBuilder) -> Value? {
    let (base, exponent) = (inputs[0], inputs[1])
    if input == 0 {
      let lower = graph.subtract(exponent, graph.fill(1))
      return graph.multiply(factor, graph.multiply(exponent, graph.node(Power(), [finite(base, exponent, in: &graph), lower])))
    }
    if graph.constant(exponent) != nil { return nil }
    let isZero = graph.node(Equal(), [base, graph.fill(0)])
    let logarithm = graph.node(Log(), [graph.select(isZero, graph.fill(1), base)])
    return graph.multiply(factor, graph.multiply(output, logarithm))
  }

  /// A base whose power less one is a number: 1 in place of 0 where the exponent is 0.
  private func finite(_ base: Value, _ exponent: Value, in graph: inout GraphBuilder) -> Value {
    if graph.constant(exponent) != nil { return base }
    let areZero = [base, exponent].map { graph.node(Equal(), [$0, graph.fill(0)]) }
    return graph.select(graph.multiply(areZero[0], areZero[1]), graph.fill(1), base)
  }

  package func simplified(_ inputs: [Value], type: ValueType, in graph: inout GraphBuilder) -> Value? {
    let base = inputs[0]
    guard let exponent = graph.constant(inputs[1]), let power = simple(base, exponent, in: &graph) else { return nil }
    return graph.expand(power, to: type)
  }

  private func simple(_ base: Value, _ exponent: Double, in graph: inout GraphBuilder) -> Value? {
    switch exponent {
    case 0: return graph.fill(1)
    case 1: return base
    case 2: return graph.node(Square(), [base])
    case 3: return graph.multiply(graph.node(Square(), [base]), base)
    case 4: return graph.node(Square(), [graph.node(Square(), [base])])
    case 0.5: return graph.node(Sqrt(), [base])
    case -1: return graph.divide(graph.fill(1), base)
    default: return nil
    }
  }
}
