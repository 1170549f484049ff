/// One number everywhere.
package struct Fill: Operation {
  package var value: Double
  package var type: ValueType

  package static let mnemonic = "constant"
  package var attributes: String { "\(value)" }
  package var lowering: Lowering { .constant(value) }

  package init(_ value: Double, _ type: ValueType) {
    self.value = value
    self.type = type
  }

  package func resultType(_ inputs: [ValueType]) throws(ShapeError) -> ValueType { type }

  package func pullback(_ cotangent: Value, inputs: [Value], output: Value, in graph: inout GraphBuilder) -> [Value?] { [] }

  package func pushforward(_ tangents: [Value?], inputs: [Value], output: Value, in graph: inout GraphBuilder) -> Value? { nil }

  // Two fills are the same only if their bits are: -0 is not 0, and NaN is itself.
  package static func == (lhs: Fill, rhs: Fill) -> Bool { lhs.value.bitPattern == rhs.value.bitPattern && lhs.type == rhs.type }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(value.bitPattern)
    hasher.combine(type)
  }
}

extension GraphBuilder {
  package mutating func fill(_ value: Double, _ type: ValueType = .scalar) -> Value { node(Fill(value, type), []) }
}
