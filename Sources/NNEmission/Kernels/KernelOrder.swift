import NNSchedule

/// A kernel's statements in the order in which a strip computes them.
///
/// Where a strip holds whole rows that is the order given. Otherwise the columns are a loop of their own: before it come the row statements that it may
/// need, in it the full statements and what is accumulated along the rows, after it the row statements that need these sums.
struct KernelOrder {
  private(set) var before: [Statement] = []
  private(set) var inside: [Statement] = []
  private(set) var after: [Statement] = []
  /// The place of each statement in the order; the product's is -1.
  private(set) var positions: [Int: Int] = [:]

  init(_ form: KernelForm) {
    if form.wholeRows || form.isVector {
      inside = form.kernel.statements
    } else {
      split(form.kernel.statements)
    }
    for (position, statement) in (before + inside + after).enumerated() { positions[statement.id] = position }
  }

  private mutating func split(_ statements: [Statement]) {
    var late: Set<Int> = []
    for statement in statements {
      let isLate = statement.operands.compactMap(\.local).contains { late.contains($0) }
      if statement.isReduction || isLate { late.insert(statement.id) }
      if statement.level == .full || statement.isReduction {
        inside.append(statement)
      } else if isLate {
        after.append(statement)
      } else {
        before.append(statement)
      }
    }
  }

  var all: [Statement] { before + inside + after }
}
