import NNGraph
import NNSchedule

extension TileStatements {
  mutating func evaluate(_ expression: ScalarExpression, _ statement: Statement, _ destination: Destination) -> Source {
    let level = statement.level
    switch expression {
    case .input(let index): return .operand(statement.operands[index])
    case .constant(let value): return .operand(.constant(value))
    case .coordinate(let axis): return coordinate(axis, statement, destination)
    case .unary(.fromIndex, let operand):
      let source = evaluate(operand, statement, .temporary)
      guard case .operand(.index) = source else { return source }
      return apply("from_index", [source], destination, level)
    case .unary(let primitive, let operand):
      return apply(primitive.rawValue, [evaluate(operand, statement, .temporary)], destination, level)
    case .binary(let primitive, let lhs, let rhs):
      let sources = [evaluate(lhs, statement, .temporary), evaluate(rhs, statement, .temporary)]
      return apply(primitive.rawValue, sources, destination, level)
    case .select(let condition, let first, let second):
      let sources = [condition, first, second].map { evaluate($0, statement, .temporary) }
      return apply("select", sources, destination, level)
    }
  }

  private mutating func coordinate(_ axis: Int, _ statement: Statement, _ destination: Destination) -> Source {
    let level = statement.level
    let inner = max(statement.shape.dimensions.dropFirst(axis + 1).reduce(1, *), 1)
    let (target, result) = target(destination, level)
    call(
      "coordinate", target.text, linearIndex(level), rowStep(level), "\(inner)", "\(max(statement.shape[axis], 1))", space.extents(level))
    return result
  }

  func linearIndex(_ level: Level) -> String {
    let isFull = level == .full
    return space.scope.linearIndex(
      form.kernel, row: space.row, column: isFull ? space.column : nil, columns: isFull ? form.kernel.columns : 1)
  }

  func rowStep(_ level: Level) -> String { level == .full ? "\(form.kernel.columns)" : "0" }
}
