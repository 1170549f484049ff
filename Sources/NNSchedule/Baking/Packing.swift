import NNGraph

/// The order in which a product reads its right operand: its own loops, then its sums, then its columns.
struct Packing: Hashable {
  private struct Axis: Hashable {
    var extent: Int
    /// In the operand as it lies.
    var stride: Int
  }

  private let offset: Int
  /// Outermost first; the columns are the last.
  private let axes: [Axis]
  /// In the packed operand, by loop; 0 for those that it does not depend on.
  private let outer: [Int]
  let segmentStrides: [Int]

  /// Nil where it depends on the examples.
  init?(_ product: ProductStep, _ kernel: Kernel) {
    let loops = zip(kernel.outer, product.b.outer).map { ($0, $1) }
    let sums = product.segments.map { ($0.extent, $0.b) } + [(product.k, product.b.row)]
    let all = loops + sums + [(Extent(kernel.columns), product.b.column)]
    guard all.allSatisfy({ !$0.0.perExample || $0.1 == 0 }) else { return nil }
    var strides: [Int] = []
    var next = 1
    for (extent, stride) in all.reversed() {
      strides.append(stride == 0 ? 0 : next)
      next *= stride == 0 ? 1 : extent.count
    }
    strides.reverse()
    offset = product.b.offset
    axes = all.filter { $0.1 != 0 }.map { Axis(extent: $0.0.count, stride: $0.1) }
    outer = Array(strides.prefix(loops.count))
    segmentStrides = Array(strides.dropFirst(loops.count).prefix(product.segments.count))
    row = strides[strides.count - 2]
  }

  private let row: Int

  func access(_ buffer: Buffer) -> Access { Access(buffer, outer: outer, row: row, column: 1) }

  func packed(_ numbers: [Double]) -> [Double] {
    var places = [offset]
    for axis in axes {
      places = places.flatMap { place in (0..<axis.extent).map { place + $0 * axis.stride } }
    }
    return places.map { numbers[$0] }
  }
}
