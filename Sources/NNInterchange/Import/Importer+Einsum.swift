/// `Einsum` of two operands: transposed into a matrix product and back.
extension Importer {
  mutating func einsum(_ node: NodeReader) throws -> [ImportedValue] {
    let equation = try node.text("equation", "").filter { $0 != " " }
    let sides = equation.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
    let terms = sides[0].split(separator: ",", omittingEmptySubsequences: false).map { Array($0) }
    guard sides.count == 2, sides[1].first == ">", terms.count == 2, node.inputs.count == 2, equation.allSatisfy({ $0 != "." }) else {
      throw ImportProblem("the equation '\(equation)' is not supported: two operands and a result are, without '...'")
    }
    let output = Array(sides[1].dropFirst())
    let operands = try (0..<2).map { try traced(try node.input($0)) }
    for (term, operand) in zip(terms, operands) where term.count != operand.shape.count || Set(term).count != term.count {
      throw ImportProblem("'\(String(term))' does not name the axes of \(operand.shape)")
    }
    let lead = output.filter { terms[0].contains($0) && terms[1].contains($0) }
    let rows = output.filter { terms[0].contains($0) && !terms[1].contains($0) }
    let columns = output.filter { terms[1].contains($0) && !terms[0].contains($0) }
    let inner = terms[0].filter { terms[1].contains($0) && !output.contains($0) }
    guard Set(output).count == output.count, output.count == lead.count + rows.count + columns.count,
      terms[0].count == lead.count + rows.count + inner.count, terms[1].count == lead.count + columns.count + inner.count
    else {
      throw ImportProblem("the equation '\(equation)' is not supported: an axis is summed by itself")
    }
    let extents = Dictionary(zip(terms[0] + terms[1], operands[0].shape + operands[1].shape).map { ($0, $1) }) { first, _ in first }
    func size(_ group: [Character]) -> Int { group.reduce(1) { $0 * (extents[$1] ?? 1) } }
    func sizes(_ group: [Character]) -> [Int] { group.map { extents[$0] ?? 1 } }
    let left = try grouped(.traced(operands[0]), terms[0], lead + rows + inner, sizes(lead) + [size(rows), size(inner)])
    let right = try grouped(.traced(operands[1]), terms[1], lead + inner + columns, sizes(lead) + [size(inner), size(columns)])
    let made = try reshaped(try product(left, right), to: sizes(lead + rows + columns))
    let order = lead + rows + columns
    return [try transposed(made, output.map { order.firstIndex(of: $0) ?? 0 })]
  }

  private mutating func grouped(_ x: ImportedValue, _ labels: [Character], _ order: [Character], _ shape: [Int]) throws -> ImportedValue {
    try reshaped(try transposed(x, order.map { labels.firstIndex(of: $0) ?? 0 }), to: shape)
  }
}
