import NNSchedule

/// How a product's sums are walked: what its kernel loops over by itself, and the loops around it. Packed B lies in the order of the sums, whatever it
/// was before, so more of them are one run then.
struct ProductWalk {
  /// The strides of A and B along k.
  let k: Extent
  let a: Int
  let b: Int
  /// The sum around k that the kernel keeps in registers.
  let inner: ProductStep.Segment?
  /// Those that it adds up in memory, outermost first.
  let loops: [ProductStep.Segment]
  /// All sums taken together: the height of a panel of packed B.
  let depth: Extent

  /// - Parameter panel: the columns of a panel, where B is packed.
  init(_ product: ProductStep, panel: Int?) {
    var sums = product.segments + [ProductStep.Segment(extent: product.k, a: product.a.column, b: product.b.row)]
    depth = sums.dropFirst().reduce(sums[0].extent) { Extent($0.count * $1.extent.count, perExample: $0.perExample) }
    if let panel {
      for (index, stride) in (Self.packedStrides(product, panel: panel) + [panel]).enumerated() { sums[index].b = stride }
    }
    var merged: [ProductStep.Segment] = []
    for sum in sums {
      if let last = merged.last, !sum.extent.perExample, last.a == sum.a * sum.extent.count, last.b == sum.b * sum.extent.count {
        let extent = Extent(last.extent.count * sum.extent.count, perExample: last.extent.perExample)
        merged[merged.count - 1] = ProductStep.Segment(extent: extent, a: sum.a, b: sum.b)
      } else {
        merged.append(sum)
      }
    }
    let last = merged.removeLast()
    (k, a, b) = (last.extent, last.a, last.b)
    inner = merged.popLast()
    loops = merged
  }

  /// Of the segments in packed B. Only the outermost sum may be over the examples.
  static func packedStrides(_ product: ProductStep, panel: Int) -> [Int] {
    var strides: [Int] = []
    var next = panel * product.k.count
    for segment in product.segments.reversed() {
      strides.append(next)
      next *= segment.extent.count
    }
    return strides.reversed()
  }
}
