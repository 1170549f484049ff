import NNSchedule

/// What statements read right after a product, at its own places, and that comes from memory: weights and an optimizer's slots in an update. They are asked for
/// while the product is computed, which leaves memory idle.
struct FarOperands {
  /// Up to three, of rows equally far apart.
  private let accesses: [Access]

  /// Bytes that some cache may still hold; from there they come soon enough.
  private static let nearBytes = 4 << 20
  private static let most = 3

  init?(_ kernel: Kernel, batch: Int, bytes: Int) {
    guard let product = kernel.product, kernel.outer.isEmpty, product.segments.isEmpty, product.method.isTiles else { return nil }
    var seen: Set<Access> = []
    let written = kernel.targets.map { Region($0.buffer) }
    let reads = kernel.statements.flatMap(\.operands).compactMap { operand -> Access? in
      guard case .memory(let access) = operand, access.column == 1, access.row >= kernel.columns,
        written.contains(Region(access.buffer))
      else { return nil }
      return seen.insert(access).inserted ? access : nil
    }
    guard let row = reads.first?.row else { return nil }
    accesses = Array(reads.filter { $0.row == row }.prefix(Self.most))
    guard accesses.count * row * kernel.rows.at(batch: batch) * bytes > Self.nearBytes else { return nil }
  }

  /// As arguments: the places of a strip's first element, null for those that there are not, and the distance of rows.
  func text(_ strip: ProductLines.Strip, _ scope: KernelScope) -> String {
    let places = accesses.map { IndexText.pointer(scope.pointer($0), scope.index($0, row: strip.row, column: strip.column)) }
    return (places + [String](repeating: "0", count: Self.most - places.count) + ["\(accesses[0].row)"]).joined(separator: ", ")
  }
}
