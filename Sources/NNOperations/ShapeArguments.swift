import NNGraph

extension FunctionCall {
  /// The extents that `shape:` lists.
  func shape(_ name: String = "shape") throws(CallError) -> Shape {
    let extents = list(name) ?? []
    if let extent = extents.first(where: { $0 < 1 }) { throw CallError("an extent cannot be \(extent)", at: name) }
    let type = ValueType(Shape(extents), isBatched: false)
    do { try graph.checkSize(type) } catch { throw CallError(error.message, at: name) }
    return type.shape
  }

  /// Fresh random numbers, at the next site.
  mutating func draw(_ distribution: Distribution, _ type: ValueType) -> Value {
    graph.node(Draw(distribution, site: takeSite(), type: type), [])
  }
}

extension GraphBuilder {
  /// `count` elements along one axis, all of the others.
  mutating func slice(_ value: Value, axis: Int, from start: Int, count: Int) -> Value {
    let shape = shape(value)
    let starts = shape.dimensions.indices.map { $0 == axis ? start : 0 }
    let sizes = shape.dimensions.indices.map { $0 == axis ? count : shape[$0] }
    return node(Slice(starts: starts, sizes: sizes), [value])
  }
}
