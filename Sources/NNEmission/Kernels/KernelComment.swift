import NNSchedule

/// What is said above a kernel: the lines of the model that it comes from, and its extents.
struct KernelComment {
  private let comment: SourceComment

  init(_ comment: SourceComment) { self.comment = comment }

  func lines(_ kernel: Kernel) -> [String] {
    comment.lines(kernel.ranges) + [Self.extents(kernel)]
  }

  /// `[n, 100] = sum of 64 products`
  static func extents(_ kernel: Kernel) -> String {
    let extents = kernel.outer + [kernel.rows] + (kernel.columns == 1 ? [] : [Extent(kernel.columns)])
    let domain = "[" + extents.map(text).joined(separator: ", ") + "]"
    guard let product = kernel.product else { return domain }
    let terms = (product.segments.map(\.extent) + [product.k]).map(text).joined(separator: " * ")
    return "\(domain), each the sum of \(terms) products"
  }

  static func text(_ extent: Extent) -> String {
    extent.perExample ? (extent.count == 1 ? "n" : "\(extent.count) n") : "\(extent.count)"
  }
}
