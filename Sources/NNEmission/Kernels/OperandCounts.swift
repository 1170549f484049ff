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

extension Statement {
  /// The values that it reads.
  var readLocals: [Int] { readCounts.keys.sorted().compactMap { operands[$0].local } }

  /// The same, with operands only that it reads.
  var withoutUnreadOperands: Statement {
    guard case .compute(let expression) = kind else { return self }
    let read = readCounts.keys.sorted()
    let places = Dictionary(uniqueKeysWithValues: read.enumerated().map { ($1, $0) })
    var result = self
    result.kind = .compute(expression.mapInputs { .input(places[$0] ?? $0) })
    result.operands = read.map { operands[$0] }
    return result
  }
}

extension ScalarExpression {
  fileprivate func mapInputs(_ transform: (Int) -> ScalarExpression) -> ScalarExpression {
    switch self {
    case .input(let index): transform(index)
    case .constant, .coordinate: self
    case .unary(let primitive, let operand): .unary(primitive, operand.mapInputs(transform))
    case .binary(let primitive, let lhs, let rhs): .binary(primitive, lhs.mapInputs(transform), rhs.mapInputs(transform))
    case .select(let condition, let first, let second):
      .select(condition.mapInputs(transform), first.mapInputs(transform), second.mapInputs(transform))
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
