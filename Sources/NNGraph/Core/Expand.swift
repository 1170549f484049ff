/// Repeats a value along new leading axes, axes of extent 1, and the batch.
package struct Expand: Operation {
  package var shape: Shape
  package var isBatched: Bool

  package static let mnemonic = "expand"
  package var attributes: String { "to=\(ValueType(shape, isBatched: isBatched))" }

  package init(_ shape: Shape, isBatched: Bool) {
    self.shape = shape
    self.isBatched = isBatched
  }

  /// Axes are aligned at the end; which repeat depends on the input's extents, which the schedule reads from its type.
  package var lowering: Lowering { .view(StridedView(sources: [], starts: [])) }

  package static func view(from input: Shape, to shape: Shape) -> StridedView {
    let lead = shape.rank - input.rank
    let sources = shape.dimensions.indices.map { axis -> Int? in
      axis >= lead && input[axis - lead] == shape[axis] ? axis - lead : nil
    }
    return StridedView(sources: sources, starts: [Int](repeating: 0, count: input.rank))
  }

  package func resultType(_ inputs: [ValueType]) throws(ShapeError) -> ValueType {
    guard inputs[0].shape.broadcast(with: shape) == shape, isBatched || !inputs[0].isBatched else {
      throw ShapeError("\(inputs[0].shape) does not stretch to \(shape)", input: 0)
    }
    return ValueType(shape, isBatched: isBatched, element: inputs[0].element)
  }

  package func pullback(_ cotangent: Value, inputs: [Value], output: Value, in graph: inout GraphBuilder) -> [Value?] { [cotangent] }

  package func pushforward(_ tangents: [Value?], inputs: [Value], output: Value, in graph: inout GraphBuilder) -> Value? {
    tangents[0].map { graph.expand($0, to: graph.type(output)) }
  }

  package func simplified(_ inputs: [Value], type: ValueType, in graph: inout GraphBuilder) -> Value? {
    if graph.type(inputs[0]) == type { return inputs[0] }
    if let number = graph.constant(inputs[0]) { return graph.fill(number, type) }
    if graph.operation(inputs[0]) is Expand { return graph.expand(graph.inputs(inputs[0])[0], to: type) }
    return nil
  }
}

extension GraphBuilder {
  package mutating func expand(_ value: Value, to type: ValueType) -> Value {
    self.type(value) == type ? value : node(Expand(type.shape, isBatched: type.isBatched), [value])
  }

  /// The transpose of broadcasting: sums a value down to the type it was broadcast from.
  package mutating func sum(_ value: Value, downTo type: ValueType) -> Value {
    let from = self.type(value)
    let lead = from.shape.rank - type.shape.rank
    let axes = from.shape.dimensions.indices.filter { $0 < lead || (type.shape[$0 - lead] == 1 && from.shape[$0] != 1) }
    let batch = from.isBatched && !type.isBatched
    guard !axes.isEmpty || batch else { return value }
    return reshape(reduce(.sum, value, axes: axes, batch: batch), to: type.shape)
  }
}
