/// `sizes[axis]` elements along every axis, from a start on and steps apart, which may be negative.
package struct Slice: Operation {
  package var placement: Placement
  package var sizes: [Int]

  package static let mnemonic = "slice"
  package var attributes: String {
    zip(zip(placement.starts, placement.steps), sizes).map { place, size in
      "\(place.0)..<\(place.0 + size * place.1)" + (place.1 == 1 || size <= 1 ? "" : " by \(place.1)")
    }.joined(separator: ",")
  }
  package var lowering: Lowering {
    .view(StridedView(sources: sizes.indices.map { $0 }, steps: placement.steps, starts: placement.starts))
  }

  package init(_ placement: Placement, sizes: [Int]) {
    self.placement = placement
    self.sizes = sizes
  }

  package init(starts: [Int], sizes: [Int]) { self.init(Placement(starts: starts), sizes: sizes) }

  package func resultType(_ inputs: [ValueType]) throws(ShapeError) -> ValueType {
    let shape = inputs[0].shape
    for axis in 0..<shape.rank {
      let one = Placement(starts: [placement.starts[axis]], steps: [placement.steps[axis]])
      guard sizes[axis] >= 0, one.fits([sizes[axis]], in: [shape[axis]]) else {
        let end = placement.starts[axis] + sizes[axis] * placement.steps[axis]
        throw ShapeError("\(placement.starts[axis])..<\(end) is outside axis \(axis) of \(shape)", input: 0)
      }
    }
    return inputs[0].with(shape: Shape(sizes))
  }

  package func pullback(_ cotangent: Value, inputs: [Value], output: Value, in graph: inout GraphBuilder) -> [Value?] {
    let full = graph.expand(cotangent, to: graph.type(output))
    return [graph.node(Place([placement], shape: graph.shape(inputs[0])), [full])]
  }

  package func pushforward(_ tangents: [Value?], inputs: [Value], output: Value, in graph: inout GraphBuilder) -> Value? {
    tangents[0].map { graph.node(self, [graph.expand($0, to: graph.type(inputs[0]))]) }
  }

  package func simplified(_ inputs: [Value], type: ValueType, in graph: inout GraphBuilder) -> Value? {
    if graph.type(inputs[0]) == type && placement.isPlain(sizes) { return inputs[0] }
    if let number = graph.constant(inputs[0]) { return graph.fill(number, type) }
    if let inner = graph.operation(inputs[0]) as? Slice {
      return graph.node(Slice(placement.within(inner.placement), sizes: sizes), graph.inputs(inputs[0]))
    }
    if let placed = graph.operation(inputs[0]) as? Place { return takenBack(placed, graph.inputs(inputs[0]), in: &graph) }
    return nil
  }

  /// A slice of what was placed is that part itself, where it covers just one.
  private func takenBack(_ place: Place, _ parts: [Value], in graph: inout GraphBuilder) -> Value? {
    for (part, other) in zip(parts, place.placements) where other == placement && graph.shape(part).dimensions == sizes { return part }
    return nil
  }
}

extension Placement {
  /// Where elements lie in a third tensor, given where the second one lies in it.
  fileprivate func within(_ outer: Placement) -> Placement {
    Placement(
      starts: starts.indices.map { outer.starts[$0] + starts[$0] * outer.steps[$0] },
      steps: zip(steps, outer.steps).map { $0 * $1 })
  }
}
