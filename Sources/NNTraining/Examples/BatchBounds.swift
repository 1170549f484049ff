/// Where the batches of some rows begin and end. Where examples remember those before them, the first of a file remembers nothing: no batch has examples
/// of two files then.
struct BatchBounds: Sendable {
  /// The first row of each stretch of batches, and where the last one ends.
  private let ends: [Int]
  private let size: Int

  /// - Parameter rows: those of the table, in the order in which they are gone through.
  init(_ rows: [Int], of table: ExampleTable, size: Int, isSequential: Bool) {
    self.size = size
    let starts = Set(isSequential ? table.starts : [])
    let inner = starts.isEmpty ? [] : rows.indices.dropFirst().filter { starts.contains(rows[$0]) }
    ends = [0] + inner + [rows.count]
  }

  /// Whether what examples remember begins anew at this position.
  func begins(at position: Int) -> Bool { ends.dropLast().contains(position) }

  /// The end of the batch that begins at a position.
  func end(from position: Int) -> Int {
    let end = ends.first { $0 > position } ?? position
    return min(position + size, end)
  }

  /// How many batches there are up to a position.
  func count(to position: Int) -> Int {
    zip(ends, ends.dropFirst()).reduce(0) { $0 + max(min($1.1, position) - $1.0 + size - 1, 0) / size }
  }

  var count: Int { count(to: ends.last ?? 0) }
}
