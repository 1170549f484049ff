import NNGraph

extension ScalarExpression {
  /// How often each input is read.
  func countInputs(into counts: inout [Int: Int]) {
    switch self {
    case .input(let index): counts[index, default: 0] += 1
    case .constant, .coordinate: break
    case .unary(_, let operand): operand.countInputs(into: &counts)
    case .binary(_, let lhs, let rhs):
      lhs.countInputs(into: &counts)
      rhs.countInputs(into: &counts)
    case .select(let condition, let first, let second):
      condition.countInputs(into: &counts)
      first.countInputs(into: &counts)
      second.countInputs(into: &counts)
    }
  }
}

/// The numbers that tiles read as operands: one table for the program.
struct ConstantTable: Sendable {
  private(set) var values: [Double] = []
  private var indices: [UInt64: Int] = [:]

  mutating func index(of value: Double) -> Int {
    if let known = indices[value.bitPattern] { return known }
    indices[value.bitPattern] = values.count
    values.append(value)
    return values.count - 1
  }
}
