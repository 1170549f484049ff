/// Products that are computed as their transpose: B, read as it lies, is on the left then, and A is packed.
extension Kernel {
  /// What it takes to move a number while packing or turning, in multiply-adds.
  private static let moveCost = 10

  /// Whether packing A and turning the result is less work than packing B. Rows then are what vectors are filled with, so what fills them up
  /// counts too.
  package func isBetterTurned(batch: Int) -> Bool {
    guard let product, product.segments.isEmpty, outer.isEmpty, product.method == .packedTiles, product.b.row == 1,
      product.a.column == 1 || product.a.row == 1
    else { return false }
    let (rows, depth) = (rows.at(batch: batch), product.k.at(batch: batch))
    let straight = Self.moveCost * depth * columns + depth * rows * Lanes.empty(columns)
    let turned = Self.moveCost * (depth * rows + rows * columns) + depth * columns * Lanes.empty(rows)
    return turned < straight
  }

  /// Whether it is turned as a whole where it is not cut: the result and its transpose are small beside the nearest cache.
  package func isTurnedWhole(batch: Int) -> Bool {
    isColumnwise && isBetterTurned(batch: batch) && rows.at(batch: batch) * columns <= Self.mostWhole
  }

  private static let mostWhole = 4096

  /// Whether it is turned: where there is work enough to cut its columns into chunks.
  func isTurned(batch: Int, microseconds: Double) -> Bool {
    microseconds >= KernelWork.leastShared && isColumnwise && isBetterTurned(batch: batch)
  }

  /// Whether nothing but a product joins the columns of a row.
  package var isColumnwise: Bool {
    product != nil && columns > 1 && !needsWholeRows && statements.allSatisfy { $0.level == .full && !$0.isReduction }
      && stores.allSatisfy { $0.level == .full } && sinks.allSatisfy { $0.level == .full && $0.isInMemory }
  }
}
