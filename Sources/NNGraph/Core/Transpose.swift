/// Axis `axis` of the result is axis `permutation[axis]` of the input.
package struct Transpose: Operation {
  package var permutation: [Int]

  package static let mnemonic = "transpose"
  package var attributes: String { "axes=\(permutation)" }
  package var lowering: Lowering {
    .view(StridedView(sources: permutation, starts: [Int](repeating: 0, count: permutation.count)))
  }

  package init(_ permutation: [Int]) { self.permutation = permutation }

  private var inverse: [Int] {
    var inverse = permutation
    for (axis, source) in permutation.enumerated() { inverse[source] = axis }
    return inverse
  }

  package func resultType(_ inputs: [ValueType]) throws(ShapeError) -> ValueType {
    let shape = inputs[0].shape
    guard permutation.sorted() == Array(0..<shape.rank) else {
      throw ShapeError("'transpose' of \(shape) needs each of its axes once, not \(permutation)", input: 0)
    }
    return inputs[0].with(shape: Shape(permutation.map { shape[$0] }))
  }

  package func pullback(_ cotangent: Value, inputs: [Value], output: Value, in graph: inout GraphBuilder) -> [Value?] {
    [graph.transpose(graph.expand(cotangent, to: graph.type(output)), inverse)]
  }

  package func pushforward(_ tangents: [Value?], inputs: [Value], output: Value, in graph: inout GraphBuilder) -> Value? {
    tangents[0].map { graph.transpose(graph.expand($0, to: graph.type(inputs[0])), permutation) }
  }

  package func simplified(_ inputs: [Value], type: ValueType, in graph: inout GraphBuilder) -> Value? {
    if permutation == Array(0..<permutation.count) { return inputs[0] }
    if let number = graph.constant(inputs[0]) { return graph.fill(number, type) }
    let shape = graph.shape(inputs[0])
    let moved = permutation.filter { shape[$0] != 1 }
    if moved == moved.sorted() { return graph.reshape(inputs[0], to: type.shape) }
    if let inner = graph.operation(inputs[0]) as? Transpose {
      return graph.transpose(graph.inputs(inputs[0])[0], permutation.map { inner.permutation[$0] })
    }
    return nil
  }
}

extension GraphBuilder {
  package mutating func transpose(_ value: Value, _ permutation: [Int]) -> Value { node(Transpose(permutation), [value]) }
}
