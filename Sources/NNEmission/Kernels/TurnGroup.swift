import NNSchedule

/// Turns of the innermost outer loop whose products are computed together, before what follows them: where columns fill part of a vector. What is stored under a mask
/// can be loaded again only once it is in the cache, so a statement that reads a product right after it would wait in each turn.
struct TurnGroup {
  static let counter = "turn"

  let results: ProductResults
  /// Of the loops around the rows, the innermost one within a group.
  let counters: [String]
  let size: Int
  private let extent: String
  private let outermost: String

  private static let most = 8
  /// What stays in the nearest cache beside the product's operands.
  private static let mostElements = 2048
  /// All of them are one strip.
  private static let mostRows = 24
  private static let vectorBytes = 64

  init?(_ kernel: Kernel, _ chunks: ChunkPlan?, _ scope: KernelScope) {
    guard let product = kernel.product, product.method.isTiles, let turns = kernel.outer.last,
      let innermost = scope.outerCounters.last, product.b.outer.last == 0, !kernel.rows.perExample, kernel.rows.count <= Self.mostRows,
      2..<Self.vectorBytes / scope.program.precision.bytes ~= kernel.columns,
      chunks == nil || (chunks?.axis == .outer && kernel.outer.count > 1)
    else { return nil }
    let elements = kernel.rows.count * kernel.columns
    size = min(Self.mostElements / elements, Self.most)
    guard size > 1 else { return nil }
    extent = IndexText.count(turns)
    outermost = innermost
    counters = scope.outerCounters.dropLast() + [Self.counter]
    results = ProductResults(size: size * elements, stride: elements, counter: "\(innermost) % \(size)")
  }

  /// Where the product of a turn goes.
  var destination: String {
    IndexText.pointer(ProductResults.name, IndexText.sum(0, [(results.stride, "\(Self.counter) - \(outermost)")]))
  }

  func open(into writer: inout CWriter) {
    writer.open("if (\(outermost) % \(size) == 0)")
    let first = "long \(Self.counter) = \(outermost)"
    writer.open("for (\(first); \(Self.counter) < \(extent) && \(Self.counter) < \(outermost) + \(size); ++\(Self.counter))")
  }

  func close(into writer: inout CWriter) {
    writer.close()
    writer.close()
  }
}
