/// Zeros of a shape with each input set down somewhere: concatenation, padding, and the transpose of slicing. The parts do not overlap.
package struct Place: Operation {
  package var placements: [Placement]
  package var shape: Shape

  package static let mnemonic = "place"
  package var attributes: String {
    let steps = placements.map(\.steps)
    return "at=\(placements.map(\.starts))\(steps.joined().allSatisfy { $0 == 1 } ? "" : " by=\(steps)") in=\(shape)"
  }
  package var lowering: Lowering { .place(placements) }

  package init(_ placements: [Placement], shape: Shape) {
    self.placements = placements
    self.shape = shape
  }

  package init(offsets: [[Int]], shape: Shape) { self.init(offsets.map { Placement(starts: $0) }, shape: shape) }

  package func resultType(_ inputs: [ValueType]) throws(ShapeError) -> ValueType {
    for (index, (input, placement)) in zip(inputs, placements).enumerated() {
      guard input.shape.rank == shape.rank, placement.fits(input.shape.dimensions, in: shape.dimensions) else {
        throw ShapeError("\(input.shape) does not fit into \(shape) at \(placement.starts)", input: index)
      }
    }
    return ValueType(shape, isBatched: inputs.contains { $0.isBatched })
  }

  package func pullback(_ cotangent: Value, inputs: [Value], output: Value, in graph: inout GraphBuilder) -> [Value?] {
    let full = graph.expand(cotangent, to: graph.type(output))
    return zip(inputs, placements).map { input, placement in
      graph.node(Slice(placement, sizes: graph.shape(input).dimensions), [full])
    }
  }

  package func pushforward(_ tangents: [Value?], inputs: [Value], output: Value, in graph: inout GraphBuilder) -> Value? {
    var parts: [Value] = []
    var kept: [Placement] = []
    for (index, tangent) in tangents.enumerated() {
      guard let tangent else { continue }
      parts.append(graph.expand(tangent, to: ValueType(graph.shape(inputs[index]), isBatched: graph.type(tangent).isBatched)))
      kept.append(placements[index])
    }
    return graph.node(Place(kept, shape: shape), parts)
  }

  package func simplified(_ inputs: [Value], type: ValueType, in graph: inout GraphBuilder) -> Value? {
    if inputs.count == 1 && graph.type(inputs[0]) == type && placements[0].isPlain(type.shape.dimensions) { return inputs[0] }
    if let source = source(of: inputs, in: graph) { return source }
    let isZero = inputs.map { graph.constant($0) == 0 }
    if isZero.allSatisfy({ $0 }) { return graph.fill(0, type) }
    guard isZero.contains(true), inputs.indices.contains(where: { !isZero[$0] && graph.type(inputs[$0]).isBatched == type.isBatched })
    else {
      return nil
    }
    let kept = inputs.indices.filter { !isZero[$0] }
    return graph.node(Place(kept.map { placements[$0] }, shape: shape), kept.map { inputs[$0] })
  }

  /// The tensor of which the parts are all the slices, each back in its place.
  private func source(of inputs: [Value], in graph: GraphBuilder) -> Value? {
    guard let first = inputs.first, graph.operation(first) is Slice, let source = graph.inputs(first).first else { return nil }
    guard graph.shape(source) == shape, inputs.reduce(0, { $0 + graph.shape($1).count }) == shape.count else { return nil }
    let isBack = zip(inputs, placements).allSatisfy { part, placement in
      (graph.operation(part) as? Slice)?.placement == placement && graph.inputs(part) == [source]
    }
    return isBack ? source : nil
  }
}
