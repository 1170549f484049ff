/// Where the batches of some rows begin and end. Where examples remember those before them, the first of a file remembers nothing: no batch has examples
/// of two files then.
struct BatchBounds: Sendable {
  /// Rows of one file, or all of them.
  private struct Stretch {
    let start: Int
    let end: Int
    /// Of the stretches before it.
    let batches: Int
  }

  /// One at least, in order.
  private let stretches: [Stretch]
  private let size: Int

  /// - Parameter rows: those of the table, in the order in which they are gone through.
  init(_ rows: [Int], of table: ExampleTable, size: Int, isSequential: Bool) {
    self.size = size
    let starts = Set(isSequential ? table.starts : [])
    let inner = starts.isEmpty ? [] : rows.indices.dropFirst().filter { starts.contains(rows[$0]) }
    var batches = 0
    stretches = zip([0] + inner, inner + [rows.count]).map { start, end in
      defer { batches += (end - start + size - 1) / size }
      return Stretch(start: start, end: end, batches: batches)
    }
  }

  /// The last one that begins before a position or there.
  private func stretch(at position: Int) -> Stretch {
    var (first, end) = (0, stretches.count)
    while end - first > 1 {
      let middle = (first + end) / 2
      if stretches[middle].start <= position { first = middle } else { end = middle }
    }
    return stretches[first]
  }

  /// Whether what examples remember begins anew at this position.
  func begins(at position: Int) -> Bool { stretch(at: position).start == position }

  /// The end of the batch that begins at a position.
  func end(from position: Int) -> Int { min(position + size, stretch(at: position).end) }

  /// How many batches there are up to a position.
  func count(to position: Int) -> Int {
    let stretch = stretch(at: position)
    return stretch.batches + (position - stretch.start + size - 1) / size
  }

  var count: Int { count(to: stretches.last?.end ?? 0) }
}
