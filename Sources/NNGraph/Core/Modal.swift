/// One value while training, another in use. An entry point is built for one of the two, so this never reaches the schedule, and derivatives
/// follow just one of the two: the other may cost more, draw, or not be defined at all.
package struct Modal: Operation {
  package static let mnemonic = "training_or_use"
  package var lowering: Lowering { .modal }

  package init() {}

  package func resultType(_ inputs: [ValueType]) throws(ShapeError) -> ValueType {
    ValueType(inputs[0].shape, isBatched: inputs[0].isBatched || inputs[1].isBatched, element: inputs[0].element)
  }

  package func pullback(_ cotangent: Value, inputs: [Value], output: Value, in graph: inout GraphBuilder) -> [Value?] {
    graph.isTraining ? [cotangent, nil] : [nil, cotangent]
  }

  package func pushforward(_ tangents: [Value?], inputs: [Value], output: Value, in graph: inout GraphBuilder) -> Value? {
    tangents[graph.isTraining ? 0 : 1]
  }

  package func simplified(_ inputs: [Value], type: ValueType, in graph: inout GraphBuilder) -> Value? {
    inputs[0] == inputs[1] ? inputs[0] : nil
  }
}
