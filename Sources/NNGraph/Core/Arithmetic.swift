/// a + b
package struct Add: ElementwiseOperation {
  package static let mnemonic = "+"
  package var expression: ScalarExpression { .input(0) + .input(1) }

  package init() {}

  package func derivatives(_ factor: Value, by input: Int, inputs: [Value], output: Value, in graph: inout GraphBuilder) -> Value? {
    factor
  }

  package func simplified(_ inputs: [Value], type: ValueType, in graph: inout GraphBuilder) -> Value? {
    if graph.constant(inputs[0]) == 0 { return graph.expand(inputs[1], to: type) }
    if graph.constant(inputs[1]) == 0 { return graph.expand(inputs[0], to: type) }
    if graph.operation(inputs[1]) is Negate { return graph.subtract(inputs[0], graph.inputs(inputs[1])[0]) }
    if graph.operation(inputs[0]) is Negate { return graph.subtract(inputs[1], graph.inputs(inputs[0])[0]) }
    return nil
  }
}

/// a - b
package struct Subtract: ElementwiseOperation {
  package static let mnemonic = "-"
  package var expression: ScalarExpression { .input(0) - .input(1) }

  package init() {}

  package func derivatives(_ factor: Value, by input: Int, inputs: [Value], output: Value, in graph: inout GraphBuilder) -> Value? {
    input == 0 ? factor : graph.negate(factor)
  }

  package func simplified(_ inputs: [Value], type: ValueType, in graph: inout GraphBuilder) -> Value? {
    if graph.constant(inputs[1]) == 0 { return graph.expand(inputs[0], to: type) }
    if graph.constant(inputs[0]) == 0 { return graph.expand(graph.negate(inputs[1]), to: type) }
    if graph.operation(inputs[1]) is Negate { return graph.add(inputs[0], graph.inputs(inputs[1])[0]) }
    return nil
  }
}

/// a * b
package struct Multiply: ElementwiseOperation {
  package static let mnemonic = "*"
  package var expression: ScalarExpression { .input(0) * .input(1) }

  package init() {}

  package func derivatives(_ factor: Value, by input: Int, inputs: [Value], output: Value, in graph: inout GraphBuilder) -> Value? {
    graph.multiply(factor, inputs[1 - input])
  }

  package func simplified(_ inputs: [Value], type: ValueType, in graph: inout GraphBuilder) -> Value? {
    for (index, input) in inputs.enumerated() {
      let other = inputs[1 - index]
      switch graph.constant(input) {
      case 1: return graph.expand(other, to: type)
      case -1: return graph.expand(graph.negate(other), to: type)
      default: break
      }
      // (a / b) * b, as the gradient of a mean over the batch makes it.
      if graph.operation(input) is Divide, graph.inputs(input)[1] == other {
        return graph.expand(graph.inputs(input)[0], to: type)
      }
      if let factor = graph.constant(input), let scaled = scaledFactor(factor, of: other, in: &graph) {
        return graph.expand(scaled, to: type)
      }
    }
    return nil
  }

  /// c * (d * x) is (c d) * x.
  private func scaledFactor(_ factor: Double, of value: Value, in graph: inout GraphBuilder) -> Value? {
    guard graph.operation(value) is Multiply else { return nil }
    let inputs = graph.inputs(value)
    for (index, input) in inputs.enumerated() {
      guard let inner = graph.constant(input) else { continue }
      return graph.multiply(graph.fill(factor * inner), inputs[1 - index])
    }
    return nil
  }
}

/// a / b
package struct Divide: ElementwiseOperation {
  package static let mnemonic = "/"
  package var expression: ScalarExpression { .input(0) / .input(1) }

  package init() {}

  package func derivatives(_ factor: Value, by input: Int, inputs: [Value], output: Value, in graph: inout GraphBuilder) -> Value? {
    let quotient = graph.divide(factor, inputs[1])
    return input == 0 ? quotient : graph.negate(graph.multiply(quotient, output))
  }

  package func simplified(_ inputs: [Value], type: ValueType, in graph: inout GraphBuilder) -> Value? {
    graph.constant(inputs[1]) == 1 ? graph.expand(inputs[0], to: type) : nil
  }
}

/// -a
package struct Negate: ElementwiseOperation {
  package static let mnemonic = "negate"
  package var expression: ScalarExpression { -.input(0) }

  package init() {}

  package func derivatives(_ factor: Value, by input: Int, inputs: [Value], output: Value, in graph: inout GraphBuilder) -> Value? {
    graph.negate(factor)
  }

  package func simplified(_ inputs: [Value], type: ValueType, in graph: inout GraphBuilder) -> Value? {
    let operand = graph.operation(inputs[0])
    if operand is Negate { return graph.inputs(inputs[0])[0] }
    if operand is Subtract {
      let terms = graph.inputs(inputs[0])
      return graph.expand(graph.subtract(terms[1], terms[0]), to: type)
    }
    return nil
  }
}

extension GraphBuilder {
  package mutating func add(_ lhs: Value, _ rhs: Value) -> Value { node(Add(), [lhs, rhs]) }
  package mutating func subtract(_ lhs: Value, _ rhs: Value) -> Value { node(Subtract(), [lhs, rhs]) }
  package mutating func multiply(_ lhs: Value, _ rhs: Value) -> Value { node(Multiply(), [lhs, rhs]) }
  package mutating func divide(_ lhs: Value, _ rhs: Value) -> Value { node(Divide(), [lhs, rhs]) }
  package mutating func negate(_ operand: Value) -> Value { node(Negate(), [operand]) }
}
