import NNSchedule

extension Winograd {
  /// Tiles of a round that has work enough for the product's kernel: as in `templates/winograd.c`.
  static let tiles = 32

  /// Lines of a picture that are computed together: enough of them for a round of tiles.
  var linesTogether: Int {
    let across = (pixels + 1) / 2
    return min((lines + 1) / 2, max(Self.tiles / across, 1)) * 2
  }
}

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
  /// Of a round: fewer where memory is scarce. Gradients take `Winograd.tiles`.
  private let tiles: Int

  /// What keeps the places of tiles apart: as in `templates/winograd.c`.
  private static let gap = 16
  private static let tilesOfOne = 12

  init?(_ kernel: Kernel, home: Access?, scope: KernelScope, functions: @escaping (String) -> String) {
    guard let product = kernel.product, let winograd = product.winograd else { return nil }
    self.product = product
    self.winograd = winograd
    (rows, columns) = (kernel.rows, kernel.columns)
    self.scope = scope
    self.functions = functions
    self.home = home
    let isScarce = scope.entry.entry.kind == .predict && winograd.result == .pictures
    tiles = isScarce ? Self.tilesOfOne : Winograd.tiles
    precondition(!coversOuter || home != nil, "internal: a gradient that is stored nowhere")
  }

  /// Whether one call computes what the outer loops go through.
  var coversOuter: Bool { winograd.result != .pictures }

  var packs: Bool { !coversOuter && !winograd.isTransformed }

  var used: Set<String> {
    if coversOuter { return ["nn_winograd_gradient"] }
    return packs ? ["nn_winograd", "nn_winograd_kernels"] : ["nn_winograd"]
  }

  /// Elements of scratch memory for transformed kernels.
  func packedSize(panel: Int) -> Int { packs ? Winograd.places * ((columns + panel - 1) / panel * panel * product.k.count) : 0 }

  /// Nil where each turn's is stored as it is computed.
  var results: ProductResults? {
    guard !coversOuter, home == nil, let counter = scope.outerCounters.last else { return nil }
    let (together, size) = (winograd.linesTogether, rows.count * columns)
    let isWhole = together >= winograd.lines
    return ProductResults(
      size: min(together, winograd.lines) * size, stride: size, counter: isWhole ? counter : "\(counter) % \(together)")
  }

  /// Elements of scratch memory for transformed tiles, and for the sums of so many rows of a gradient.
  func transformedSize(rows: Int) -> Int {
    func planes(_ channels: Int) -> Int { Winograd.places * (tiles * channels + Self.gap) }
    switch winograd.result {
    case .pictures: return planes(product.k.count) + planes(columns)
    case .kernels(let channels): return planes(rows) + planes(channels) + Winograd.places * rows * channels
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
    let (a, together) = (product.a, winograd.linesTogether)
    let from = IndexText.pointer(scope.pointer(a), scope.index(a, row: nil, column: nil))
    let isWhole = together >= winograd.lines
    let left = "\(winograd.lines) - \(counter)"
    let count =
      isWhole ? "\(winograd.lines)" : winograd.lines % together == 0 ? "\(together)" : "\(left) < \(together) ? \(left) : \(together)"
    let line = home?.outer.last ?? rows.count * columns
    let kernels = packs ? "packed" : scope.place(product.b)
    writer.open("if (\(counter)\(isWhole ? "" : " % \(together)") == 0)")
    writer.line(
      "\(functions("winograd"))(\(strip.destination), \(line), \(strip.rowStride), \(from), \(a.outer.last ?? 0), \(a.row), \(kernels), transformed, "
        + "\(tiles), \(count), \(rows.count), \(columns), \(product.k.count));")
    writer.close()
  }

  private func computeKernels(_ strip: ProductLines.Strip, _ channels: Int, into writer: inout CWriter) {
    guard let home, let lines = product.segments.last else { return }
    func place(_ access: Access, _ row: String?) -> String {
      IndexText.pointer(scope.pointer(access), IndexText.sum(scope.offset(access), [(access.row, row)]))
    }
    let pictures = product.segments.count > 1 ? product.segments[0] : ProductStep.Segment(extent: Extent(1), a: 0, b: 0)
    let (a, b) = (product.a, product.b)
    let pixel = home.outer.count > 1 ? home.outer[1] : channels
    writer.line(
      "\(functions("winograd_gradient"))(\(place(home, strip.row)), \(home.outer[0]), \(pixel), \(home.row), \(place(a, strip.row)), \(pictures.a), "
        + "\(lines.a), \(a.column), \(scope.place(b)), \(pictures.b), \(lines.b), \(b.row), transformed, "
        + "\(IndexText.count(pictures.extent)), \(winograd.lines), \(winograd.pixels), \(strip.rows), \(channels));")
  }
}
