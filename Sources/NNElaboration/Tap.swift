import NNGraph

/// The same value, kept apart by name: algebra does not look through it, so that a derivative by it finds it on its path.
struct Tap: Operation {
  static let mnemonic = "tap"
  var lowering: Lowering { .reshape }

  func resultType(_ inputs: [ValueType]) throws(ShapeError) -> ValueType { inputs[0] }

  func pullback(_ cotangent: Value, inputs: [Value], output: Value, in graph: inout GraphBuilder) -> [Value?] { [cotangent] }

  func pushforward(_ tangents: [Value?], inputs: [Value], output: Value, in graph: inout GraphBuilder) -> Value? { tangents[0] }
}

extension GraphBuilder {
  /// Sources are apart already.
  mutating func tap(_ value: Value) -> Value {
    operation(value) is Source || operation(value) is Tap ? value : node(Tap(), [value])
  }
}
