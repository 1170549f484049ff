/// A sum, maximum, minimum or argmax over axes and, where `batch` is set, over the examples. The axes disappear.
package struct Reduce: Operation {
  package var kind: ReductionKind
  package var axes: [Int]
  package var batch: Bool
  package var sharing: Sharing

  /// Which extreme elements share the gradient equally.
  package enum Sharing: Hashable, Sendable {
    /// Those of each reduction.
    case ofAll
    /// Those that the next reduction says, which is `ofParts`: it divides the gradient by how many they are, this one does not.
    case ofPart
    /// Those of all parts: the input is a view of what a reduction `ofPart` made.
    case ofParts
  }

  package static let mnemonic = "reduce"
  package var attributes: String { "\(kind.rawValue) axes=\(axes)\(batch ? " batch" : "")\(sharing == .ofAll ? "" : " \(sharing)")" }
  package var lowering: Lowering { .reduction(kind, axes: axes, batch: batch) }

  package init(_ kind: ReductionKind, axes: [Int], batch: Bool = false, sharing: Sharing = .ofAll) {
    self.kind = kind
    self.axes = axes
    self.batch = batch
    self.sharing = sharing
  }

  package func resultType(_ inputs: [ValueType]) throws(ShapeError) -> ValueType {
    let input = inputs[0]
    if let axis = axes.first(where: { $0 < 0 || $0 >= input.shape.rank }) {
      throw ShapeError("there is no axis \(axis) in \(input.shape)", input: 0)
    }
    if kind != .sum, let axis = axes.first(where: { input.shape[$0] == 0 }) {
      throw ShapeError("'\(kind.rawValue)' over axis \(axis) of \(input.shape) has nothing to choose from", input: 0)
    }
    return ValueType(input.shape.removing(axes: axes), isBatched: input.isBatched && !batch)
  }

  package func pullback(_ cotangent: Value, inputs: [Value], output: Value, in graph: inout GraphBuilder) -> [Value?] {
    let input = graph.type(inputs[0])
    switch kind {
    case .sum: return [spread(cotangent, over: input, in: &graph)]
    case .argmax: return [nil]
    case .max, .min:
      let share = shared(cotangent, inputs[0], output, in: &graph)
      return [graph.multiply(spread(share, over: input, in: &graph), extremes(of: inputs[0], output, in: &graph))]
    }
  }

  package func pushforward(_ tangents: [Value?], inputs: [Value], output: Value, in graph: inout GraphBuilder) -> Value? {
    guard let tangent = tangents[0] else { return nil }
    switch kind {
    case .sum: return total(graph.expand(tangent, to: graph.type(inputs[0])), in: &graph)
    case .argmax: return nil
    case .max, .min:
      let tangents = graph.multiply(tangent, extremes(of: inputs[0], output, in: &graph))
      return shared(total(tangents, in: &graph), inputs[0], output, in: &graph)
    }
  }

  /// 1 where the input is the extreme, else 0.
  private func extremes(of input: Value, _ output: Value, in graph: inout GraphBuilder) -> Value {
    graph.node(Equal(), [input, spread(output, over: graph.type(input), in: &graph)])
  }

  /// Divided by the number of elements that share it.
  private func shared(_ value: Value, _ input: Value, _ output: Value, in graph: inout GraphBuilder) -> Value {
    guard sharing != .ofPart else { return value }
    var counted = extremes(of: input, output, in: &graph)
    if sharing == .ofParts, let parts = graph.inputs(input).first, let first = graph.operation(parts) as? Reduce {
      let counts = first.total(first.extremes(of: graph.inputs(parts)[0], parts, in: &graph), in: &graph)
      counted = graph.multiply(counted, graph.node(graph.operation(input), [counts]))
    }
    return graph.divide(value, total(counted, in: &graph))
  }

  private func total(_ value: Value, in graph: inout GraphBuilder) -> Value {
    graph.reduce(.sum, value, axes: axes, batch: batch)
  }

  private func spread(_ value: Value, over type: ValueType, in graph: inout GraphBuilder) -> Value {
    var kept = type.shape
    for axis in axes { kept.dimensions[axis] = 1 }
    return graph.expand(graph.reshape(value, to: kept), to: type)
  }

  package func simplified(_ inputs: [Value], type: ValueType, in graph: inout GraphBuilder) -> Value? {
    let input = graph.type(inputs[0])
    let sumsBatch = batch && input.isBatched
    if !sumsBatch && axes.allSatisfy({ input.shape[$0] == 1 }) && kind != .argmax { return graph.reshape(inputs[0], to: type.shape) }
    guard kind == .sum else { return nil }
    if input.shape.count == 0 { return graph.fill(0, type) }
    return repeated(inputs[0], input: input, type: type, in: &graph)
  }

  /// The sum of what only repeats is a product.
  private func repeated(_ value: Value, input: ValueType, type: ValueType, in graph: inout GraphBuilder) -> Value? {
    let count = Double(axes.reduce(1) { $0 * input.shape[$1] })
    let sumsBatch = batch && input.isBatched
    if let number = graph.constant(value) {
      let sum = graph.fill(number * count)
      return graph.expand(sumsBatch ? graph.multiply(sum, graph.batchSize()) : sum, to: type)
    }
    guard graph.operation(value) is Expand else { return nil }
    let source = graph.inputs(value)[0]
    let narrow = graph.type(source)
    // Only where every summed axis is one that the expansion made.
    let lead = input.shape.rank - narrow.shape.rank
    let isRepeated = axes.allSatisfy { $0 < lead || narrow.shape[$0 - lead] == 1 } && (!sumsBatch || !narrow.isBatched)
    guard isRepeated else { return nil }
    let kept = graph.reshape(
      source, to: Shape(narrow.shape.dimensions.indices.filter { !axes.contains($0 + lead) }.map { narrow.shape[$0] }))
    let scaled = graph.multiply(kept, graph.fill(count))
    return graph.expand(sumsBatch ? graph.multiply(scaled, graph.batchSize()) : scaled, to: type)
  }
}

extension GraphBuilder {
  package mutating func reduce(_ kind: ReductionKind, _ value: Value, axes: [Int], batch: Bool = false) -> Value {
    axes.isEmpty && !(batch && type(value).isBatched) ? value : node(Reduce(kind, axes: axes, batch: batch), [value])
  }

  /// The mean over the examples. A part that is the same for all of them counts once.
  package mutating func batchMean(_ value: Value) -> Value {
    guard type(value).isBatched else { return value }
    if operation(value) is Add {
      let terms = inputs(value)
      if terms.contains(where: { !type($0).isBatched && type($0).shape == type(value).shape }) {
        return add(batchMean(terms[0]), batchMean(terms[1]))
      }
    }
    if operation(value) is Expand, !type(inputs(value)[0]).isBatched {
      return expand(inputs(value)[0], to: ValueType(shape(value), isBatched: false))
    }
    return divide(reduce(.sum, value, axes: [], batch: true), batchSize())
  }
}
