/// The sum of products over the labels that the output lacks: every matrix product, in any orientation, and its derivatives.
package struct Contract: Operation {
  package var labels: Contraction

  package static let mnemonic = "contract"
  package var attributes: String {
    func letters(_ labels: [Int]) -> String { String(labels.map { Character(UnicodeScalar(UInt8(97 + $0 % 26))) }) }
    return "\(letters(labels.lhs)),\(letters(labels.rhs))->\(letters(labels.output))\(labels.sumsBatch ? " batch" : "")"
  }
  package var lowering: Lowering { .contraction(labels) }

  package init(_ labels: Contraction) { self.labels = labels }

  package func resultType(_ inputs: [ValueType]) throws(ShapeError) -> ValueType {
    var extents: [Int: Int] = [:]
    for (label, extent) in zip(labels.lhs + labels.rhs, inputs[0].shape.dimensions + inputs[1].shape.dimensions) {
      guard extents.updateValue(extent, forKey: label).map({ $0 == extent }) ?? true else {
        throw ShapeError("a product of \(inputs[0].shape) and \(inputs[1].shape) sums over axes of different extents")
      }
    }
    let batched = (inputs[0].isBatched || inputs[1].isBatched) && !labels.sumsBatch
    return ValueType(Shape(labels.output.compactMap { extents[$0] }), isBatched: batched)
  }

  package func pullback(_ cotangent: Value, inputs: [Value], output: Value, in graph: inout GraphBuilder) -> [Value?] {
    let full = graph.expand(cotangent, to: graph.type(output))
    return [
      graph.contract(full, labels.output, inputs[1], labels.rhs, to: labels.lhs, of: graph.type(inputs[0])),
      graph.contract(full, labels.output, inputs[0], labels.lhs, to: labels.rhs, of: graph.type(inputs[1])),
    ]
  }

  package func pushforward(_ tangents: [Value?], inputs: [Value], output: Value, in graph: inout GraphBuilder) -> Value? {
    var sum: Value?
    for (side, tangent) in tangents.enumerated() {
      guard let tangent else { continue }
      let full = graph.expand(tangent, to: ValueType(graph.shape(inputs[side]), isBatched: graph.type(tangent).isBatched))
      let (lhs, rhs) = side == 0 ? (full, inputs[1]) : (inputs[0], full)
      let term = graph.contract(lhs, labels.lhs, rhs, labels.rhs, to: labels.output, of: graph.type(output))
      sum = sum.map { graph.add($0, term) } ?? term
    }
    return sum
  }

  package func simplified(_ inputs: [Value], type: ValueType, in graph: inout GraphBuilder) -> Value? {
    inputs.contains { graph.constant($0) == 0 } ? graph.fill(0, type) : nil
  }
}

extension GraphBuilder {
  /// A product with any labels. What only one operand has and the output lacks is summed first; what the output has and neither operand has is
  /// repeated after.
  package mutating func contract(
    _ lhs: Value, _ lhsLabels: [Int], _ rhs: Value, _ rhsLabels: [Int], to output: [Int], of type: ValueType
  ) -> Value {
    let sumsBatch = !type.isBatched && (self.type(lhs).isBatched || self.type(rhs).isBatched)
    let both = self.type(lhs).isBatched && self.type(rhs).isBatched
    let (left, leftLabels) = presummed(lhs, lhsLabels, keeping: rhsLabels + output, batch: sumsBatch && !both)
    let (right, rightLabels) = presummed(rhs, rhsLabels, keeping: lhsLabels + output, batch: sumsBatch && !both)
    let present = output.filter { leftLabels.contains($0) || rightLabels.contains($0) }
    let labels = Contraction(lhs: leftLabels, rhs: rightLabels, output: present, sumsBatch: sumsBatch && both)
    let product = node(Contract(labels), [left, right])
    let kept = Shape(output.indices.map { present.contains(output[$0]) ? type.shape[$0] : 1 })
    return expand(reshape(product, to: kept), to: ValueType(type.shape, isBatched: self.type(product).isBatched))
  }

  private mutating func presummed(_ value: Value, _ labels: [Int], keeping kept: [Int], batch: Bool) -> (Value, [Int]) {
    let axes = labels.indices.filter { !kept.contains(labels[$0]) }
    return (reduce(.sum, value, axes: axes, batch: batch), labels.filter { kept.contains($0) })
  }
}
