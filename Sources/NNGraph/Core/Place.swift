/// Zeros of a shape with each input set down at its offset: concatenation, padding, and the transpose of slicing. The parts do not overlap.
package struct Place: Operation {
  package var offsets: [[Int]]
  package var shape: Shape

  package static let mnemonic = "place"
  package var attributes: String { "at=\(offsets) in=\(shape)" }
  package var lowering: Lowering { .place(offsets) }

  package init(offsets: [[Int]], shape: Shape) {
    self.offsets = offsets
    self.shape = shape
  }

  package func resultType(_ inputs: [ValueType]) throws(ShapeError) -> ValueType {
    for (index, (input, offset)) in zip(inputs, offsets).enumerated() {
      let fits =
        input.shape.rank == shape.rank && zip(zip(offset, input.shape.dimensions), shape.dimensions).allSatisfy { $0.0 + $0.1 <= $1 }
      guard fits else { throw ShapeError("\(input.shape) does not fit into \(shape) at \(offset)", input: index) }
    }
    return ValueType(shape, isBatched: inputs.contains { $0.isBatched })
  }

  package func pullback(_ cotangent: Value, inputs: [Value], output: Value, in graph: inout GraphBuilder) -> [Value?] {
    let full = graph.expand(cotangent, to: graph.type(output))
    return zip(inputs, offsets).map { input, offset in
      graph.node(Slice(starts: offset, sizes: graph.shape(input).dimensions), [full])
    }
  }

  package func pushforward(_ tangents: [Value?], inputs: [Value], output: Value, in graph: inout GraphBuilder) -> Value? {
    let given = zip(zip(tangents, inputs), offsets).compactMap { pair, offset in pair.0.map { (tangent: $0, input: pair.1, offset: offset) }
    }
    let parts = given.map { part in
      graph.expand(part.tangent, to: ValueType(graph.shape(part.input), isBatched: graph.type(part.tangent).isBatched))
    }
    return graph.node(Place(offsets: given.map(\.offset), shape: shape), parts)
  }

  package func simplified(_ inputs: [Value], type: ValueType, in graph: inout GraphBuilder) -> Value? {
    if inputs.count == 1 && graph.type(inputs[0]) == type { return inputs[0] }
    let isZero = inputs.map { graph.constant($0) == 0 }
    if isZero.allSatisfy({ $0 }) { return graph.fill(0, type) }
    guard isZero.contains(true), inputs.indices.contains(where: { !isZero[$0] && graph.type(inputs[$0]).isBatched == type.isBatched })
    else {
      return nil
    }
    let kept = inputs.indices.filter { !isZero[$0] }
    return graph.node(Place(offsets: kept.map { offsets[$0] }, shape: shape), kept.map { inputs[$0] })
  }
}
