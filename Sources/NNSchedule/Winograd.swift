/// A product with windows of 3 by 3 that move on by one, computed in fewer multiplications: Winograd's F(2x2, 3x3). Tiles of 4 by 4 numbers of a channel are
/// transformed, multiplied with transformed kernels, and transformed back into 2 by 2 results: 16 multiplications for each channel instead of 36.
///
/// Sums are rounded otherwise than one by one, about as much on the whole. Whether it is done depends on the entry and the model's shapes alone, never on how
/// many examples there are: an example's results are the same bits in every call of an entry.
package struct Winograd: Hashable, Sendable {
  package enum Result: Hashable, Sendable {
    /// Pictures: the innermost outer loop walks lines, the rows are pixels, the columns channels.
    case pictures
    /// The gradient of kernels: the last segment walks lines, k pixels; the rows are channels of what comes from upstream. The outer loops and the columns
    /// are the taps and the channels that windows see, `channels` of them.
    case kernels(channels: Int)
  }

  package let result: Result
  /// Of a picture of results, or of what comes from upstream.
  package let lines: Int
  package let pixels: Int
  /// Whether B is a table of transformed kernels.
  package internal(set) var isTransformed = false

  /// Fewer channels leave little to multiply beside the transformations, fewer pixels little beside transforming kernels: more of them where that may be for
  /// one example.
  private static let leastChannels = 16
  private static let leastPairs = 512
  private static let leastPixels = (ofMany: 36, ofOne: 144)
  /// A strip has whole lines.
  private static let mostColumns = 512
  private static let taps = Extent(3)

  /// Nil where the product is not of that kind, or has too little to gain.
  ///
  /// - Parameter isForOne: whether calls for one example are to be fast.
  init?(_ kernel: Kernel, isForOne: Bool) {
    guard let product = kernel.product, let found = Self.pictures(kernel, product) ?? Self.kernels(kernel, product) else { return nil }
    let (lines, pixels) = (found.lines, found.pixels)
    let channels = found.channels
    let leastPixels = isForOne ? Self.leastPixels.ofOne : Self.leastPixels.ofMany
    guard !lines.perExample, !pixels.perExample, lines.count > 1, pixels.count > 1, lines.count * pixels.count >= leastPixels,
      min(channels.0, channels.1) >= Self.leastChannels, channels.0 * channels.1 >= Self.leastPairs
    else { return nil }
    result = found.result
    self.lines = lines.count
    self.pixels = pixels.count
  }

  private typealias Found = (result: Result, lines: Extent, pixels: Extent, channels: (Int, Int))

  private static func pictures(_ kernel: Kernel, _ product: ProductStep) -> Found? {
    guard let lines = kernel.outer.last, product.segments.map(\.extent) == [taps, taps], let line = product.a.outer.last, line > 0,
      product.segments[0].a == line, product.segments[1].a == product.a.row, product.a.row > 0, product.a.column == 1,
      !product.k.perExample, product.b.outer.allSatisfy({ $0 == 0 }), kernel.columns <= mostColumns
    else { return nil }
    return (.pictures, lines, kernel.rows, (product.k.count, kernel.columns))
  }

  private static func kernels(_ kernel: Kernel, _ product: ProductStep) -> Found? {
    guard let lines = product.segments.last, product.segments.count <= 2, kernel.isBareProduct, !kernel.rows.perExample,
      product.a.row == 1, product.b.column == 1, product.a.outer.allSatisfy({ $0 == 0 })
    else { return nil }
    let channels: Int
    switch kernel.outer {
    case [taps] where kernel.columns % taps.count == 0 && product.b.outer == [lines.b]:
      // The pixels of a line follow each other.
      channels = kernel.columns / taps.count
      guard product.b.row == channels else { return nil }
    case [taps, taps] where product.b.outer == [lines.b, product.b.row]: channels = kernel.columns
    default: return nil
    }
    return (.kernels(channels: channels), lines.extent, product.k, (kernel.rows.count, channels))
  }

  /// Its multiplications, as a share of one for each tap.
  package var share: Double {
    let tiles = ((lines + 1) / 2) * ((pixels + 1) / 2)
    return Double(16 * tiles) / Double(9 * lines * pixels)
  }
}

extension Winograd {
  /// Places in a tile.
  package static let places = 16

  /// Kernels, `[3, 3, k, columns]`, as `nn_winograd_kernels` of `templates/winograd.c` transforms them, to the bit: a matrix in panels for each place.
  static func transformed(_ numbers: [Double], k: Int, columns: Int, precision: Precision) -> [Double] {
    precision == .f32
      ? transformed(numbers.map { Float($0) }, k: k, columns: columns, panel: precision.panel).map { Double($0) }
      : transformed(numbers, k: k, columns: columns, panel: precision.panel)
  }

  private static func transformed<Real: BinaryFloatingPoint>(_ numbers: [Real], k: Int, columns: Int, panel: Int) -> [Real] {
    let panels = (columns + panel - 1) / panel
    let plane = panels * panel * k
    var result = [Real](repeating: 0, count: places * plane)
    for row in 0..<k {
      for column in 0..<columns {
        let taps = (0..<9).map { numbers[($0 * k + row) * columns + column] }
        let half = (0..<3).map { pixel in points(taps[pixel], taps[3 + pixel], taps[6 + pixel]) }
        let place = column / panel * panel * k + row * panel + column % panel
        for line in 0..<4 {
          for (pixel, point) in points(half[0][line], half[1][line], half[2][line]).enumerated() {
            result[(4 * line + pixel) * plane + place] = point
          }
        }
      }
    }
    return result
  }

  private static func points<Real: BinaryFloatingPoint>(_ first: Real, _ middle: Real, _ last: Real) -> [Real] {
    let ends = first + last
    return [first, (ends + middle) * 0.5, (ends - middle) * 0.5, last]
  }
}

extension Kernel {
  /// Whether it is a product that is stored as it is and nothing else.
  package var isBareProduct: Bool {
    product != nil && columns > 1 && statements.isEmpty && sinks.isEmpty && stores.count == 1 && stores[0].level == .full
      && stores[0].target.column == 1
  }
}
