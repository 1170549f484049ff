/// 1 where a < b, else 0.
package struct Less: StepOperation {
  package static let mnemonic = "<"
  package var expression: ScalarExpression { .binary(.less, .input(0), .input(1)) }

  package init() {}
}

/// 1 where a <= b, else 0.
package struct LessEqual: StepOperation {
  package static let mnemonic = "<="
  package var expression: ScalarExpression { .binary(.lessEqual, .input(0), .input(1)) }

  package init() {}
}

/// 1 where a == b, else 0.
package struct Equal: StepOperation {
  package static let mnemonic = "=="
  package var expression: ScalarExpression { .binary(.equal, .input(0), .input(1)) }

  package init() {}
}

/// Elementwise, and flat wherever it has a derivative.
package protocol StepOperation: ElementwiseOperation {}

extension StepOperation {
  package func derivatives(_ factor: Value, by input: Int, inputs: [Value], output: Value, in graph: inout GraphBuilder) -> Value? { nil }
}

/// a where the condition is not 0, else b.
package struct Select: ElementwiseOperation {
  package static let mnemonic = "where"
  package var expression: ScalarExpression { .select(.input(0), .input(1), .input(2)) }

  package init() {}

  package func derivatives(_ factor: Value, by input: Int, inputs: [Value], output: Value, in graph: inout GraphBuilder) -> Value? {
    switch input {
    case 1: graph.select(inputs[0], factor, graph.fill(0))
    case 2: graph.select(inputs[0], graph.fill(0), factor)
    default: nil
    }
  }
}

extension GraphBuilder {
  package mutating func select(_ condition: Value, _ first: Value, _ second: Value) -> Value { node(Select(), [condition, first, second]) }
}
