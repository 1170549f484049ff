/// A stretch of model text: the bytes `lower..<upper` of file number `file` of a ``SourceMap``.
///
/// Every syntax node, graph node and diagnostic carries one, so that whatever goes wrong later can still name its line.
package struct SourceRange: Hashable, Sendable {
  package var file: Int
  package var lower: Int
  package var upper: Int

  package init(file: Int, lower: Int, upper: Int) {
    self.file = file
    self.lower = lower
    self.upper = upper
  }

  /// The smallest range that holds both; ranges of different files cannot be joined, and the first one stands.
  package func union(_ other: SourceRange) -> SourceRange {
    guard file == other.file else { return self }
    return SourceRange(file: file, lower: min(lower, other.lower), upper: max(upper, other.upper))
  }
}
