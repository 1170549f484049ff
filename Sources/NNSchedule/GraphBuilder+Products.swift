import NNGraph

extension GraphBuilder {
  /// The sum of the element by element products of two tensors, whose axes have labels, over those labels that are not in `kept`.
  ///
  /// - Parameter order: all labels, in the order in which the products lie. The result has those of `kept` in this order.
  mutating func sumOfProducts(_ labels: [[Int]], _ operands: [Value], order: [Int], kept: [Int], batch: Bool = false) -> Value {
    let product = multiply(aligned(operands[0], labels[0], to: order), aligned(operands[1], labels[1], to: order))
    return reduce(.sum, product, axes: order.indices.filter { !kept.contains(order[$0]) }, batch: batch)
  }

  /// The operand with its axes in the order of `all`, and extent 1 for those it lacks.
  private mutating func aligned(_ value: Value, _ labels: [Int], to all: [Int]) -> Value {
    let ordered = transpose(value, all.compactMap { labels.firstIndex(of: $0) })
    var extents = shape(ordered).dimensions[...]
    return reshape(ordered, to: Shape(all.map { labels.contains($0) ? extents.removeFirst() : 1 }))
  }
}
