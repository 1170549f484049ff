import NNSchedule

/// The lines of a kernel that compute its product by Winograd's tiles: some lines of a picture at a time, in the first turn that needs them, or the gradient
/// of kernels as a whole.
struct WinogradLines {
  private let winograd: Winograd
  private let product: ProductStep
  private let rows: Extent
  private let columns: Int
  private let scope: KernelScope
  private let functions: (String) -> String
  /// Where the product is stored as it is computed; nil is scratch memory.
  private let home: Access?

  /// Tiles that are worked on at a time, and what keeps their places apart: as in `templates/winograd.c`.
  private static let tiles = 32
  private static let gap = 16
  private static let places = 16

  init?(_ kernel: Kernel, home: Access?, scope: KernelScope, functions: @escaping (String) -> String) {
    guard let product = kernel.product, let winograd = product.winograd else { return nil }
    self.product = product
    self.winograd = winograd
    (rows, columns) = (kernel.rows, kernel.columns)
    self.scope = scope
    self.functions = functions
    self.home = home
  }

  /// Whether one call computes what the outer loops go through.
  var coversOuter: Bool { winograd.result != .pictures }

  var packs: Bool { winograd.result == .pictures }

  var used: Set<String> { winograd.result == .pictures ? ["nn_winograd", "nn_winograd_kernels"] : ["nn_winograd_gradient"] }

  /// Lines of a picture that are computed together: enough of them for a round of tiles.
  var lines: Int {
    let across = (winograd.pixels + 1) / 2
    return min((winograd.lines + 1) / 2, max(Self.tiles / across, 1)) * 2
  }

  /// Elements of scratch memory for transformed kernels.
  func packedSize(panel: Int) -> Int {
    packs ? Self.places * ((columns + panel - 1) / panel * panel * product.k.count) : 0
  }

  /// Elements of scratch memory for the results that have no home.
  var resultSize: Int { packs && home == nil ? lines * rows.count * columns : 0 }

  /// Elements of scratch memory for transformed tiles, and for the sums of so many rows of a gradient.
  func transformedSize(rows: Int) -> Int {
    func plane(_ channels: Int) -> Int { Self.places * (Self.tiles * channels + Self.gap) }
    switch winograd.result {
    case .pictures: return plane(product.k.count) + plane(columns)
    case .kernels(let channels): return plane(rows) + plane(channels) + Self.places * rows * channels
    }
  }

  func pack(into writer: inout CWriter) {
    let b = product.b
    writer.line(
      "\(functions("winograd_kernels"))(packed, \(scope.place(b)), \(product.segments[0].b), \(product.segments[1].b), \(b.row), \(b.column), "
        + "\(product.k.count), \(columns));")
  }

  func compute(_ strip: ProductLines.Strip, into writer: inout CWriter) {
    switch winograd.result {
    case .pictures: computePictures(strip, into: &writer)
    case .kernels(let channels): computeKernels(strip, channels, into: &writer)
    }
  }

  private func computePictures(_ strip: ProductLines.Strip, into writer: inout CWriter) {
    guard let counter = scope.outerCounters.last else { return }
    let a = product.a
    let from = IndexText.pointer(scope.pointer(a), scope.index(a, row: nil, column: nil))
    let left = "\(winograd.lines) - \(counter)"
    let count = winograd.lines % lines == 0 ? "\(lines)" : "\(left) < \(lines) ? \(left) : \(lines)"
    let line = home?.outer.last ?? rows.count * columns
    writer.open("if (\(counter) % \(lines) == 0)")
    writer.line(
      "\(functions("winograd"))(\(strip.destination), \(line), \(strip.rowStride), \(from), \(a.outer.last ?? 0), \(a.row), packed, transformed, "
        + "\(count), \(rows.count), \(columns), \(product.k.count));")
    writer.close()
  }

  private func computeKernels(_ strip: ProductLines.Strip, _ channels: Int, into writer: inout CWriter) {
    guard let home, let lines = product.segments.last else { return }
    func place(_ access: Access, _ row: String?) -> String {
      IndexText.pointer(scope.pointer(access), IndexText.sum(scope.offset(access), [(access.row, row)]))
    }
    let pictures = product.segments.count > 1 ? product.segments[0] : ProductStep.Segment(extent: Extent(1), a: 0, b: 0)
    let (a, b) = (product.a, product.b)
    let pixel = home.outer.count > 1 ? home.outer[1] : channels * home.column
    writer.line(
      "\(functions("winograd_gradient"))(\(place(home, strip.row)), \(home.outer[0]), \(pixel), \(home.row), \(place(a, strip.row)), \(pictures.a), "
        + "\(lines.a), \(a.column), \(IndexText.pointer(scope.pointer(b), "\(scope.offset(b))")), \(pictures.b), \(lines.b), \(b.row), transformed, "
        + "\(IndexText.count(pictures.extent)), \(winograd.lines), \(winograd.pixels), \(strip.rows), \(channels));")
  }

  /// Where in the scratch memory of the results this turn's line is.
  var resultOffset: (stride: Int, counter: String)? {
    guard resultSize > 0, let counter = scope.outerCounters.last else { return nil }
    return (rows.count * columns, "\(counter) % \(lines)")
  }
}
