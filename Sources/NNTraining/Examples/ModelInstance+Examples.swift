import NNData

/// Brings examples of a table to the program. A file that they stay in and that cannot be read any more is an error, never wrong numbers.
extension ModelInstance {
  /// Batch after batch, the rows in order; the last batch may be short. What examples remember begins anew with the first and is gone behind the
  /// last.
  func forEachBatch(of rows: [Int], in table: ExampleTable, _ body: (ArraySlice<Int>) throws -> Void) throws {
    restartExamples()
    for start in stride(from: 0, to: rows.count, by: batch) {
      let part = rows[start..<min(start + batch, rows.count)]
      memory.examples.gather(part, of: table)
      try table.checkFiles()
      try body(part)
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
