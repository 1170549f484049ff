/// A seeded choice among candidates.
package enum Trials {
  /// So many of the numbers below `total`, in their order; all of them where there are no more.
  package static func choose(_ count: Int, of total: Int, seed: UInt64) -> [Int] {
    ExampleOrder(count: total, isSequential: false, seed: seed).rows(epoch: 0).prefix(count).sorted()
  }
}
