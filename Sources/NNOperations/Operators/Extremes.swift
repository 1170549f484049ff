package import NNGraph

/// The larger of two. Where they are equal each gets half of the gradient.
package struct Maximum: ElementwiseOperation {
  package static let mnemonic = "max"
  package var expression: ScalarExpression { .binary(.max, .input(0), .input(1)) }

  package init() {}

  package func derivatives(_ factor: Value, by input: Int, inputs: [Value], output: Value, in graph: inout GraphBuilder) -> Value? {
    graph.multiply(factor, graph.share(of: inputs[input], over: inputs[1 - input]))
  }
}

/// The smaller of two. Where they are equal each gets half of the gradient.
package struct Minimum: ElementwiseOperation {
  package static let mnemonic = "min"
  package var expression: ScalarExpression { .binary(.min, .input(0), .input(1)) }

  package init() {}

  package func derivatives(_ factor: Value, by input: Int, inputs: [Value], output: Value, in graph: inout GraphBuilder) -> Value? {
    graph.multiply(factor, graph.share(of: inputs[1 - input], over: inputs[input]))
  }
}

extension GraphBuilder {
  /// 1 where `value` is above `other`, a half where they are equal, else 0.
  fileprivate mutating func share(of value: Value, over other: Value) -> Value {
    let votes = add(node(Less(), [other, value]), node(LessEqual(), [other, value]))
    return multiply(votes, fill(0.5))
  }
}
