package import NNGraph

extension GraphBuilder {
  /// The matrix product: matrix by matrix, matrix by vector, vector by matrix, and the dot product of two vectors. Leading axes broadcast.
  package mutating func matmul(_ lhs: Value, _ rhs: Value) throws(ShapeError) -> Value {
    let (left, right) = (shape(lhs), shape(rhs))
    for (index, shape) in [left, right].enumerated() where shape.rank == 0 {
      throw ShapeError(
        "'@' needs vectors or matrices, but has \(left) and \(right)", input: index, help: "'*' multiplies by a single number")
    }
    let operands = ProductOperands(left: left, right: right)
    guard operands.leftInner == operands.rightInner else {
      throw ShapeError(
        "'@' cannot multiply \(left) by \(right): inner extents \(operands.leftInner) and \(operands.rightInner) differ", input: 1)
    }
    guard let lead = Shape(operands.leftLead).broadcast(with: Shape(operands.rightLead)) else {
      throw ShapeError(
        "'@' cannot multiply \(left) by \(right): leading axes \(operands.leftLead) and \(operands.rightLead) differ", input: 1)
    }
    let result = ValueType(
      Shape(lead.dimensions + operands.rows + operands.columns), isBatched: type(lhs).isBatched || type(rhs).isBatched)
    try checkSize(result)
    let leadLabels = lead.dimensions.indices.map { firstLeadLabel + lead.rank - 1 - $0 }
    let (a, aLabels) = labelled(
      lhs, lead: operands.leftLead, among: lead, rest: operands.rows.isEmpty ? [innerLabel] : [rowLabel, innerLabel])
    let (b, bLabels) = labelled(
      rhs, lead: operands.rightLead, among: lead, rest: operands.columns.isEmpty ? [innerLabel] : [innerLabel, columnLabel])
    let output = leadLabels + (operands.rows.isEmpty ? [] : [rowLabel]) + (operands.columns.isEmpty ? [] : [columnLabel])
    return contract(a, aLabels, b, bLabels, to: output, of: result)
  }

  /// One label per axis, counted from the last leading one; a leading axis that stretches is taken away, so that it has none.
  private mutating func labelled(_ value: Value, lead: [Int], among full: Shape, rest: [Int]) -> (Value, [Int]) {
    var kept: [Int] = []
    var labels: [Int] = []
    for (axis, extent) in lead.enumerated() {
      let fromEnd = lead.count - 1 - axis
      guard extent == full[full.rank - 1 - fromEnd] else { continue }
      kept.append(extent)
      labels.append(firstLeadLabel + fromEnd)
    }
    let inner = shape(value).dimensions.dropFirst(lead.count)
    return (reshape(value, to: Shape(kept + inner)), labels + rest)
  }
}

private let innerLabel = 0
private let rowLabel = 1
private let columnLabel = 2
private let firstLeadLabel = 3

/// The two shapes of a matrix product, taken apart.
private struct ProductOperands {
  let leftLead: [Int]
  let rightLead: [Int]
  /// The extent of the rows, none for a vector.
  let rows: [Int]
  let columns: [Int]
  let leftInner: Int
  let rightInner: Int

  init(left: Shape, right: Shape) {
    leftLead = Array(left.dimensions.dropLast(2))
    rightLead = Array(right.dimensions.dropLast(2))
    rows = left.rank == 1 ? [] : [left[left.rank - 2]]
    columns = right.rank == 1 ? [] : [right[right.rank - 1]]
    leftInner = left[left.rank - 1]
    rightInner = right.rank == 1 ? right[0] : right[right.rank - 2]
  }
}
