/// `sizes[axis]` elements from `starts[axis]` on, along every axis.
package struct Slice: Operation {
  package var starts: [Int]
  package var sizes: [Int]

  package static let mnemonic = "slice"
  package var attributes: String { zip(starts, sizes).map { "\($0)..<\($0 + $1)" }.joined(separator: ",") }
  package var lowering: Lowering { .view(StridedView(sources: starts.indices.map { $0 }, starts: starts)) }

  package init(starts: [Int], sizes: [Int]) {
    self.starts = starts
    self.sizes = sizes
  }

  package func resultType(_ inputs: [ValueType]) throws(ShapeError) -> ValueType {
    let shape = inputs[0].shape
    for axis in 0..<shape.rank where starts[axis] < 0 || sizes[axis] < 0 || starts[axis] > shape[axis] - sizes[axis] {
      throw ShapeError("\(starts[axis])..<\(starts[axis] + sizes[axis]) is outside axis \(axis) of \(shape)", input: 0)
    }
    return inputs[0].with(shape: Shape(sizes))
  }

  package func pullback(_ cotangent: Value, inputs: [Value], output: Value, in graph: inout GraphBuilder) -> [Value?] {
    let full = graph.expand(cotangent, to: graph.type(output))
    return [graph.node(Place(offsets: [starts], shape: graph.shape(inputs[0])), [full])]
  }

  package func pushforward(_ tangents: [Value?], inputs: [Value], output: Value, in graph: inout GraphBuilder) -> Value? {
    tangents[0].map { graph.node(self, [graph.expand($0, to: graph.type(inputs[0]))]) }
  }

  package func simplified(_ inputs: [Value], type: ValueType, in graph: inout GraphBuilder) -> Value? {
    if graph.type(inputs[0]) == type { return inputs[0] }
    if let number = graph.constant(inputs[0]) { return graph.fill(number, type) }
    if let inner = graph.operation(inputs[0]) as? Slice {
      return graph.node(Slice(starts: zip(starts, inner.starts).map { $0 + $1 }, sizes: sizes), graph.inputs(inputs[0]))
    }
    if let placed = graph.operation(inputs[0]) as? Place { return takenBack(placed, graph.inputs(inputs[0]), in: &graph) }
    return nil
  }

  /// A slice of what was placed is that part itself, where it covers just one.
  private func takenBack(_ place: Place, _ parts: [Value], in graph: inout GraphBuilder) -> Value? {
    for (part, offset) in zip(parts, place.offsets) where offset == starts && graph.shape(part).dimensions == sizes { return part }
    return nil
  }
}
