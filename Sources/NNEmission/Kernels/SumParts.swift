import NNSchedule

/// How the long sums of a product and nothing else are walked, such as those over all pixels of a batch that make up the gradient of a
/// convolution's weights: a part of them at a time, for the whole result. What a part reads of both operands stays in the nearest caches
/// while every window that the loops around the product stand for is added up. Each sum keeps its order.
struct SumParts {
  /// The sums that are walked around the result, outermost first.
  let segments: [ProductStep.Segment]
  /// Turns of the last one that make up a part.
  private let size: Int
  /// Whether a part has not all turns of `inner`.
  private let isCut: Bool
  /// The sum that a part's kernel keeps in registers, around k.
  private let inner: ProductStep.Segment
  private let isOfDots: Bool

  /// Turns of all sums in a part.
  private static let depth = 512
  /// A product of fewer is in the caches as it is.
  private static let least = 2 * depth

  /// Numbers of both operands in a part of dot products, which the nearer caches hold.
  private static let elements = 64 << 10

  init?(_ kernel: Kernel, batch: Int) {
    guard let product = kernel.product, product.method == .tiles || product.method == .dots, kernel.isBareProduct, product.b.column == 1
    else { return nil }
    isOfDots = product.method == .dots
    guard !isOfDots else {
      guard let pictures = product.segments.first else { return nil }
      inner = pictures
      size = max(Self.elements / max(abs(pictures.a) + abs(pictures.b), 1), 1)
      isCut = size < pictures.extent.at(batch: batch)
      segments = isCut ? [pictures] : []
      return
    }
    let walk = ProductWalk(product, panel: nil)
    guard let inner = walk.inner, walk.depth.at(batch: batch) >= Self.least else { return nil }
    self.inner = inner
    size = max(Self.depth / walk.k.at(batch: batch), 1)
    isCut = size < inner.extent.at(batch: batch)
    segments = walk.loops + (isCut ? [inner] : [])
  }

  /// Rows of a chunk: about four chunks, of tiles that multiply more than they read. Each chunk reads all of B.
  func chunkRows(_ rows: Int) -> Int {
    if isOfDots { return (rows + 1) / 2 }
    return rows < 32 ? 8 : max((rows + 31) / 32 * 8, 16)
  }

  /// Opens the loops over all parts.
  func open(_ counters: [String], into writer: inout CWriter) {
    for (index, (counter, segment)) in zip(counters, segments).enumerated() {
      let step = isCut && index + 1 == segments.count ? "\(counter) += \(size)" : "++\(counter)"
      writer.open("for (long \(counter) = 0; \(counter) < \(IndexText.count(segment.extent)); \(step))")
    }
  }

  /// How many turns of the last sum a part has.
  func count(_ counters: [String]) -> String {
    let extent = IndexText.count(inner.extent)
    guard isCut, let counter = counters.last else { return extent }
    if !inner.extent.perExample && inner.extent.count % size == 0 { return "\(size)" }
    return "\(extent) - \(counter) < \(size) ? \(extent) - \(counter) : \(size)"
  }
}
