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
    }
    return joined(inputs, in: &graph).map { graph.expand($0, to: type) }
  }

  /// c * (d * x) is (c d) * x, and s * (d * x) is (d s) * x where s has fewer elements than x.
  private func joined(_ inputs: [Value], in graph: inout GraphBuilder) -> Value? {
    for (index, input) in inputs.enumerated() {
      guard let scaled = scaled(input, in: graph) else { continue }
      let other = inputs[1 - index]
      if let factor = graph.constant(other) { return graph.multiply(graph.fill(factor * scaled.factor), scaled.value) }
      if let both = self.scaled(other, in: graph) {
        let factor = graph.fill(scaled.factor * both.factor)
        return isNarrower(scaled.value, than: both.value, in: graph)
          ? graph.multiply(graph.multiply(factor, scaled.value), both.value)
          : graph.multiply(scaled.value, graph.multiply(factor, both.value))
      }
      if isNarrower(other, than: scaled.value, in: graph) {
        return graph.multiply(graph.multiply(graph.fill(scaled.factor), other), scaled.value)
      }
    }
    return nil
  }

  private func isNarrower(_ value: Value, than other: Value, in graph: GraphBuilder) -> Bool {
    let (mine, theirs) = (graph.type(value), graph.type(other))
    return !(mine.isBatched && !theirs.isBatched) && (mine.shape.count < theirs.shape.count || !mine.isBatched && theirs.isBatched)
  }

  /// The constant factor of a product, and what it is a factor of.
  private func scaled(_ value: Value, in graph: GraphBuilder) -> (factor: Double, value: Value)? {
    guard graph.operation(value) is Multiply else { return nil }
    let inputs = graph.inputs(value)
    for (index, input) in inputs.enumerated() {
      if let factor = graph.constant(input) { return (factor, inputs[1 - index]) }
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
