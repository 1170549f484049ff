import NNGraph
import NNSchedule

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

extension Statement {
  /// How often each operand is read.
  var readCounts: [Int: Int] {
    switch kind {
    case .compute(let expression):
      var counts: [Int: Int] = [:]
      expression.countInputs(into: &counts)
      return counts
    case .reduce: return [0: 1]
    case .gather: return [0: 1, 1: 1]
    case .draw: return [:]
    }
  }
}

extension ReductionKind {
  /// What a reduction of nothing is.
  var start: Double {
    switch self {
    case .sum: 0
    case .max, .argmax: -.infinity
    case .min: .infinity
    }
  }
}
