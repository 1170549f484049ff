/// The same elements in the same order under another shape.
package struct Reshape: Operation {
  package var shape: Shape

  package static let mnemonic = "reshape"
  package var attributes: String { "to=\(shape)" }
  package var lowering: Lowering { .reshape }

  package init(_ shape: Shape) { self.shape = shape }

  package func resultType(_ inputs: [ValueType]) throws(ShapeError) -> ValueType {
    guard inputs[0].shape.count == shape.count else {
      throw ShapeError(
        "'reshape' keeps the number of elements: \(inputs[0].shape) has \(inputs[0].shape.count), \(shape) has \(shape.count)", input: 0)
    }
    return inputs[0].with(shape: shape)
  }

  package func pullback(_ cotangent: Value, inputs: [Value], output: Value, in graph: inout GraphBuilder) -> [Value?] {
    let full = graph.expand(cotangent, to: graph.type(output))
    return [graph.reshape(full, to: graph.shape(inputs[0]))]
  }

  package func pushforward(_ tangents: [Value?], inputs: [Value], output: Value, in graph: inout GraphBuilder) -> Value? {
    tangents[0].map { graph.reshape(graph.expand($0, to: graph.type(inputs[0])), to: shape) }
  }

  package func simplified(_ inputs: [Value], type: ValueType, in graph: inout GraphBuilder) -> Value? {
    if graph.type(inputs[0]) == type { return inputs[0] }
    if let number = graph.constant(inputs[0]) { return graph.fill(number, type) }
    if graph.operation(inputs[0]) is Reshape { return graph.reshape(graph.inputs(inputs[0])[0], to: shape) }
    if let literal = graph.operation(inputs[0]) as? Literal { return graph.node(Literal(literal.values, shape), []) }
    return graph.operation(inputs[0]) is Expand ? beforeExpansion(graph.inputs(inputs[0])[0], of: inputs[0], type: type, in: &graph) : nil
  }

  /// What repeats a single number, or for the batch only, may as well do so after it is reshaped.
  private func beforeExpansion(_ source: Value, of expanded: Value, type: ValueType, in graph: inout GraphBuilder) -> Value? {
    if graph.shape(source).count == 1 { return graph.expand(graph.reshape(source, to: .scalar), to: type) }
    guard graph.shape(source) == graph.shape(expanded) else { return nil }
    return graph.expand(graph.reshape(source, to: shape), to: type)
  }
}

extension GraphBuilder {
  package mutating func reshape(_ value: Value, to shape: Shape) -> Value {
    self.shape(value) == shape ? value : node(Reshape(shape), [value])
  }
}
