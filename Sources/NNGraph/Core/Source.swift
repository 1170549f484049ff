/// A value that the caller hands in.
package struct Source: Operation {
  package var argument: Argument
  package var type: ValueType

  package static let mnemonic = "source"
  package var attributes: String { "\(argument.role.rawValue) \(argument.index)" }
  package var lowering: Lowering { .source(argument) }

  package init(_ argument: Argument, _ type: ValueType) {
    self.argument = argument
    self.type = type
  }

  package func resultType(_ inputs: [ValueType]) throws(ShapeError) -> ValueType { type }

  package func pullback(_ cotangent: Value, inputs: [Value], output: Value, in graph: inout GraphBuilder) -> [Value?] { [] }

  package func pushforward(_ tangents: [Value?], inputs: [Value], output: Value, in graph: inout GraphBuilder) -> Value? { nil }
}

extension GraphBuilder {
  package mutating func source(_ argument: Argument, _ type: ValueType) -> Value { node(Source(argument, type), []) }

  /// The number of examples in the call, as a real.
  package mutating func batchSize() -> Value { source(Argument(.batchSize), .scalar) }
}
