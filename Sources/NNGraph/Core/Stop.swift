/// The value, without its gradient.
package struct Stop: Operation {
  package static let mnemonic = "stop"
  package var lowering: Lowering { .stop }

  package init() {}

  package func resultType(_ inputs: [ValueType]) throws(ShapeError) -> ValueType { inputs[0] }

  package func pullback(_ cotangent: Value, inputs: [Value], output: Value, in graph: inout GraphBuilder) -> [Value?] { [nil] }

  package func pushforward(_ tangents: [Value?], inputs: [Value], output: Value, in graph: inout GraphBuilder) -> Value? { nil }
}
