import NNSchedule

/// Rows that lie where class numbers say.
extension TileStatements {
  mutating func gather(_ statement: Statement, stride: Int, count: Int) {
    guard case .memory(let table) = statement.operands[0], case .index(let classes) = statement.operands[1] else {
      preconditionFailure("internal: a gather of what is no table")
    }
    let level = statement.level
    let target = target(statement.id, level)
    call(
      "gather_rows", target.pointer, level == .full ? target.row : "1", space.pointer(table, level), "\(stride)", "\(table.column)",
      self.classes(classes), "\(classes.row)", "\(count)", extents(level))
  }

  /// Adds the rows of a tile to those that class numbers name.
  mutating func scatter(_ source: TileOperand, by sink: Sink) {
    guard case .rows(let access, let classes, let count) = sink.target else { return }
    // A vector over the rows is a column here.
    let (row, column) = sink.level == .full ? (source.row, source.column) : (source.column, "0")
    call(
      "scatter_rows", sinkPointer(sink), "\(access.row)", source.pointer, row, column, self.classes(classes), "\(classes.row)", "\(count)",
      extents(sink.level))
  }

  /// Writes zeros to all rows.
  mutating func clear(_ access: Access, count: Int, into writer: inout CWriter) {
    note(["fill"])
    let pointer = space.scope.place(access)
    let elements = "\(count * access.row)"
    writer.line("nn_\(space.scope.program.precision.rawValue)_fill(\(pointer), \(elements), \(number(0)), 1, \(elements));")
  }

  private func classes(_ access: Access) -> String { space.pointer(access, .row) }

  private func extents(_ level: Level) -> String { level == .full ? space.extents(.full) : "\(space.rows), 1" }
}
