import NNSchedule

/// What the next turn of the innermost loop around a product reads, where that comes from far away: pictures of a batch. A product begins many rows of A
/// at the same time, and would wait for each of them. After the last turn it is nothing at all, and asking for that does no harm.
struct OperandAhead {
  /// Where this turn's is.
  let access: Access
  /// How far the next turn's is from it.
  let distance: Int
  /// How many numbers there are from the first to the last that belong to a row.
  private let span: Int

  /// Bytes that stay in the nearer caches from one kernel to the next.
  private static let nearBytes = 512 << 10
  /// What can be asked for without driving out what is in use.
  private static let mostBytes = 32 << 10

  static func all(_ kernel: Kernel, _ walk: ProductWalk, batch: Int, bytes: Int) -> [OperandAhead] {
    guard let product = kernel.product, product.method.isTiles else { return [] }
    let sums = walk.loops + [walk.inner].compactMap(\.self) + [ProductStep.Segment(extent: walk.k, a: walk.a, b: walk.b)]
    guard sums.allSatisfy({ $0.a > 0 }) else { return [] }
    let span = sums.reduce(1) { $0 + ($1.extent.at(batch: batch) - 1) * $1.a }
    var seen: Set<Access> = []
    let reads = kernel.readAccesses.filter { $0.column == 1 && $0.row != 0 && seen.insert($0).inserted }
    let operands = [(product.a, span)] + reads.map { ($0, kernel.columns) }
    return operands.compactMap { OperandAhead(kernel, $0, span: $1, batch: batch, bytes: bytes) }
  }

  private init?(_ kernel: Kernel, _ access: Access, span: Int, batch: Int, bytes: Int) {
    let reach = zip(access.outer, kernel.outer).reduce(0) { $0 + $1.0 * $1.1.at(batch: batch) }
    guard let distance = access.outer.last, distance > 0, reach * bytes > Self.nearBytes, 1...span ~= access.row,
      access.row * kernel.rows.at(batch: batch) * bytes <= Self.mostBytes
    else { return nil }
    self.access = access
    self.distance = distance
    self.span = span
  }

  /// The numbers that so many rows read.
  func count(rows: String) -> String {
    if let rows = Int(rows) { return "\((rows - 1) * access.row + span)" }
    return span == access.row ? "\(rows) * \(span)" : "\(rows) * \(access.row) + \(span - access.row)"
  }
}
