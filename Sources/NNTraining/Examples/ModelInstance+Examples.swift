import NNData

/// Brings examples of a table to the program. A file that they stay in and that cannot be read any more is an error, never wrong numbers.
extension ModelInstance {
  /// Batch after batch, the rows in order; the last batch of a file may be short. What examples remember begins anew with each file and is gone behind
  /// the last row.
  func forEachBatch(of rows: [Int], in table: ExampleTable, _ body: (ArraySlice<Int>) throws -> Void) throws {
    let bounds = BatchBounds(rows, of: table, size: batch, isSequential: model.isSequential)
    var position = 0
    while position < rows.count {
      if bounds.begins(at: position) { restartExamples() }
      let part = rows[position..<bounds.end(from: position)]
      memory.examples.gather(part, of: table)
      try table.checkFiles()
      try body(part)
      position = part.endIndex
    }
    restartExamples()
  }

  /// All of a table as one batch.
  func load(_ table: ExampleTable) throws(DataError) {
    memory.examples.gather(0..<table.count, of: table)
    try table.checkFiles()
  }
}

extension ExampleTable {
  var rows: [Int] { Array(0..<count) }
}
