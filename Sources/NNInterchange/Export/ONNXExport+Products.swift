import NNGraph

/// Products by labels, as `MatMul` of operands brought into order.
extension ONNXExport {
  mutating func product(_ labels: Contraction, _ node: Node) -> String {
    let types = node.inputs.map { graph.type($0) }
    if labels.sumsBatch { report("a product that sums over the examples of a batch has no place in an ONNX graph for use", at: node.range) }
    let lead = labels.output.filter { labels.lhs.contains($0) && labels.rhs.contains($0) }
    let rows = labels.output.filter { !labels.rhs.contains($0) }
    let columns = labels.output.filter { !labels.lhs.contains($0) }
    let inner = labels.lhs.filter { labels.rhs.contains($0) && !labels.output.contains($0) }
    // One row for each example needs no axis of its own.
    let isFlat = lead.isEmpty && rows.isEmpty && types[0].isBatched && !types[1].isBatched
    let left = operand(node.inputs[0], labels.lhs, [lead, rows, inner], isFlat: isFlat)
    let right = operand(node.inputs[1], labels.rhs, [lead, inner, columns], isFlat: false)
    let product = writer.add("MatMul", [left, right])
    let order = lead + rows + columns
    let sizes = extents(of: labels, types)
    let shape = Shape(order.map { sizes[$0] ?? 1 })
    let isMerged = rows.count != (isFlat ? 0 : 1) || columns.count != 1
    let split = isMerged ? reshape(product, to: extents(ValueType(shape, isBatched: node.type.isBatched)), at: node.range) : product
    return transposed(split, labels.output.map { order.firstIndex(of: $0) ?? 0 }, isBatched: node.type.isBatched)
  }

  private func extents(of labels: Contraction, _ types: [ValueType]) -> [Int: Int] {
    let pairs = zip(labels.lhs + labels.rhs, types[0].shape.dimensions + types[1].shape.dimensions)
    return Dictionary(pairs.map { ($0, $1) }) { first, _ in first }
  }

  /// An operand with its axes in three groups: the first stays, the others become one axis each.
  private mutating func operand(_ value: Value, _ labels: [Int], _ groups: [[Int]], isFlat: Bool) -> String {
    let type = graph.type(value)
    let order = groups.flatMap { $0 }
    let permutation = order.compactMap { labels.firstIndex(of: $0) }
    let ordered = transposed(name(value), permutation, isBatched: type.isBatched)
    if groups[1].count == 1 && groups[2].count == 1 || isFlat && groups[2].count == 1 { return ordered }
    func size(_ group: [Int]) -> Int { group.reduce(1) { $0 * (labels.firstIndex(of: $1).map { type.shape[$0] } ?? 1) } }
    let lead = groups[0].map { size([$0]) }
    let shape = Shape(lead + (isFlat ? [] : [size(groups[1])]) + [size(groups[2])])
    return reshape(ordered, to: extents(ValueType(shape, isBatched: type.isBatched)))
  }

  mutating func transposed(_ name: String, _ permutation: [Int], isBatched: Bool) -> String {
    guard permutation != permutation.sorted() else { return name }
    let order = isBatched ? [0] + permutation.map { $0 + 1 } : permutation
    return writer.add("Transpose", [name], ONNXAttribute("perm", order))
  }
}
