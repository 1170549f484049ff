import NNSchedule

/// The lines of a kernel that compute its product, strip by strip. Both flavours of a program call the same functions, under other names.
struct ProductLines {
  /// A strip of the result: where it is, and what part of the rows and columns it covers.
  struct Strip {
    var destination: String
    var rowStride: String
    /// The first row and column; nil is 0.
    var row: String?
    var column: String?
    var rows: String
    var columns: String
  }

  /// The columns of B that are packed at a time: all of them, or a chunk's.
  private enum PackedColumns {
    case all
    case chunk(size: Int)
  }

  let product: ProductStep
  private let rows: Extent
  let columns: Int
  private let packedColumns: PackedColumns
  /// Whether the transpose of the product is computed.
  let isTurned: Bool
  let batch: Int
  /// Columns of a panel of packed B.
  let panel: Int
  let scope: KernelScope
  /// Names as the text calls the functions.
  let functions: (String) -> String
  private let walk: ProductWalk
  private let parts: SumParts?
  private let ahead: [OperandAhead]
  private let far: FarOperands?
  private let winograd: WinogradLines?
  private let pixels: PixelLines?
  /// Set where the product of several turns is computed before what follows it, which then need not wait for what was stored just now.
  private let group: TurnGroup?
  /// Of the loops around the product, and of those that pack B.
  private let counters: [String]
  private let packCounters: [String]

  /// - Parameter home: where the product is stored as it is computed, if it is.
  init?(_ kernel: Kernel, chunks: ChunkPlan?, home: Access?, scope: KernelScope, functions: @escaping (String) -> String) {
    guard let product = kernel.product else { return nil }
    self.product = product
    rows = kernel.rows
    columns = kernel.columns
    isTurned = chunks?.turnsProduct ?? kernel.isTurnedWhole(batch: scope.entry.batch)
    packedColumns = chunks.flatMap { $0.axis == .columns ? .chunk(size: $0.size) : nil } ?? .all
    self.scope = scope
    self.functions = functions
    batch = scope.entry.batch
    panel = scope.program.precision.panel
    walk = ProductWalk(product, panel: product.method == .packedTiles ? panel : nil)
    parts = home == nil ? nil : SumParts(kernel, batch: batch)
    far = FarOperands(kernel, batch: batch, bytes: scope.program.precision.bytes)
    winograd = WinogradLines(kernel, home: home, scope: scope, functions: functions)
    pixels = PixelLines(product, scope: scope, functions: functions)
    group = home == nil && !isTurned ? TurnGroup(kernel, chunks, scope) : nil
    ahead = parts == nil && !isTurned ? OperandAhead.all(kernel, walk, batch: batch, bytes: scope.program.precision.bytes) : []
    counters = Self.names((parts?.segments ?? walk.loops).count)
    packCounters = Self.names(product.segments.count)
  }

  private static func names(_ count: Int) -> [String] { (0..<count).map { count == 1 ? "segment" : "segment\($0 + 1)" } }

  static let reservedNames =
    ["packed", "turned", "transformed", "first", "count", ProductResults.name, TurnGroup.counter, "segment"]
    + (1...9).map { "segment\($0)" }

  /// Whether B is copied into scratch memory.
  var packs: Bool { winograd?.packs ?? (product.method == .packedTiles) }

  /// Whether one call computes what the outer loops go through.
  var coversOuter: Bool { winograd?.coversOuter ?? false }

  /// Set where the product is computed for several turns of the innermost outer loop at a time, into scratch memory.
  var results: ProductResults? { winograd?.results ?? group?.results }

  /// Elements of scratch memory for the tiles of a strip of so many rows.
  func transformedSize(rows: Int) -> Int? { winograd?.transformedSize(rows: rows) }

  /// The outer loops that B depends on: it is packed inside of these, once for all turns of the others.
  var packDepth: Int { (product.b.outer.lastIndex { $0 != 0 } ?? -1) + 1 }

  /// Elements of scratch memory for packed B.
  var packedSize: Int {
    guard packs else { return 0 }
    if let winograd { return winograd.packedSize(panel: panel) }
    let width = if isTurned { rows.at(batch: batch) } else if case .chunk(let size) = packedColumns { size } else { columns }
    return (width + panel - 1) / panel * panel * walk.depth.at(batch: batch)
  }

  /// Elements of scratch memory for a chunk of the transposed product.
  var turnedSize: Int {
    guard isTurned else { return 0 }
    let width = if case .chunk(let size) = packedColumns { size } else { columns }
    return width * rows.at(batch: batch)
  }

  /// The functions that the lines call, by template name.
  var used: Set<String> {
    if let winograd { return winograd.used }
    if isTurned { return ["nn_product", "nn_pack", "nn_turn"] }
    switch product.method {
    case .lines: return ["nn_pixels"]
    case .line: return ["nn_line"]
    case .dots: return [product.segments.isEmpty ? "nn_dots" : "nn_taps"]
    case .tiles, .packedTiles, .winograd: break
    }
    let product = walk.inner != nil ? "nn_segmented_product" : asks ? "nn_product_asking" : "nn_product"
    return Set([product] + (packs ? ["nn_pack"] : []) + (ahead.isEmpty ? [] : ["nn_ask"]))
  }

  /// Copies B, or some of its columns, into panels, once for all strips; where the product is turned, rows of A.
  func pack(_ part: (first: String, count: String)? = nil, into writer: inout CWriter) {
    guard packs else { return }
    if let winograd {
      winograd.pack(into: &writer)
      return
    }
    if isTurned {
      packLeft(part, into: &writer)
      return
    }
    open(zip(packCounters, product.segments.map(\.extent)), &writer)
    let index = self.index(product.b, product.segments.map(\.b), packCounters, last: (product.b.column, part?.first))
    var position = "packed"
    if !packCounters.isEmpty {
      position = IndexText.pointer("packed", sum(ProductWalk.packedStrides(product, panel: panel), packCounters))
    }
    if case .all = packedColumns, let part { position += " + \(packedOffset(part.first))" }
    writer.line(
      "\(functions("pack"))(\(position), \(IndexText.count(walk.depth)), \(IndexText.pointer(scope.pointer(product.b), index)), "
        + "\(product.b.row), \(product.b.column), \(IndexText.count(product.k)), \(part?.count ?? "\(self.columns)"));")
    for _ in packCounters { writer.close() }
  }

  private func packLeft(_ part: (first: String, count: String)?, into writer: inout CWriter) {
    let a = IndexText.pointer(scope.pointer(product.a), scope.index(product.a, row: part?.first, column: nil))
    let depth = IndexText.count(product.k)
    let position = part.map { "packed + \(packedOffset($0.first))" } ?? "packed"
    let count = part?.count ?? IndexText.count(rows)
    writer.line("\(functions("pack"))(\(position), \(depth), \(a), \(product.a.column), \(product.a.row), \(depth), \(count));")
  }

  /// Where a column, or a row of A that is one, is in packed memory; a panel begins with it.
  private func packedOffset(_ column: String) -> String {
    "\(column) * " + (walk.depth.perExample ? "(\(IndexText.count(walk.depth)))" : "\(walk.depth.count)")
  }

  /// Numbers that are worth sharing the work of laying them down.
  private static let leastSharedPacking = 1 << 16
  private static let packingParts = 8

  /// What packs for all chunks: whole panels, some of which are a part.
  func packing() -> KernelFunction.Packing {
    var writer = CWriter(depth: 1)
    let extent = isTurned ? rows : Extent(columns)
    let panels = (extent.at(batch: batch) + panel - 1) / panel
    guard winograd == nil, packedSize >= Self.leastSharedPacking, panels > 1 else {
      pack(into: &writer)
      return .atOnce(writer.text)
    }
    let size = (panels + Self.packingParts - 1) / Self.packingParts * panel
    let count = IndexText.count(extent)
    writer.line("const long first = chunk * \(size);")
    writer.line("const long count = \(count) - first < \(size) ? \(count) - first : \(size);")
    pack((first: "first", count: "count"), into: &writer)
    return .shared(writer.text, parts: "(\(count) + \(size - 1)) / \(size)")
  }

  /// The transposed product of a chunk's columns, which then is turned into the strip: one of all rows.
  private func computeTurned(_ strip: Strip, into writer: inout CWriter) {
    let b = IndexText.pointer(scope.pointer(product.b), scope.index(product.b, row: nil, column: strip.column))
    let depth = IndexText.count(product.k)
    writer.line(
      "\(functions("product"))(turned, \(strip.rows), \(b), \(product.b.column), \(product.b.row), packed, \(panel), \(panelDistance), "
        + "\(strip.columns), \(strip.rows), \(depth), 0);")
    writer.line("\(functions("turn"))(\(strip.destination), \(strip.rowStride), turned, \(strip.rows), \(strip.rows), \(strip.columns));")
  }

  /// The loops around all others, if its sums are walked in parts.
  func openParts(into writer: inout CWriter) { parts?.open(counters, into: &writer) }

  func closeParts(_ writer: inout CWriter) {
    if parts != nil { for _ in counters { writer.close() } }
  }

  /// How many loops `openParts` opens.
  var partDepth: Int { parts?.segments.count ?? 0 }

  /// The sums that loops around the product's function stand for.
  private var loops: [ProductStep.Segment] { parts?.segments ?? walk.loops }

  func compute(_ strip: Strip, into writer: inout CWriter) {
    if let winograd {
      winograd.compute(strip, into: &writer)
      return
    }
    if let pixels {
      pixels.compute(strip, into: &writer)
      return
    }
    if isTurned {
      computeTurned(strip, into: &writer)
      return
    }
    guard product.method.isTiles else {
      computeAtOnce(strip, into: &writer)
      return
    }
    askAhead(strip, into: &writer)
    guard let group else {
      computeTurn(strip, into: &writer)
      return
    }
    group.open(into: &writer)
    var part = strip
    part.destination = group.destination
    computeTurn(part, into: &writer)
    group.close(into: &writer)
  }

  /// By a function that reads both operands as they lie.
  private func computeAtOnce(_ strip: Strip, into writer: inout CWriter) {
    let (a, b, k) = (product.a, product.b, IndexText.count(product.k))
    let around = parts?.segments ?? []
    let left = IndexText.pointer(scope.pointer(a), index(a, around.map(\.a), counters, last: (a.row, strip.row)))
    let right = IndexText.pointer(scope.pointer(b), index(b, around.map(\.b), counters, last: (b.column, strip.column)))
    if product.method == .line {
      writer.line("\(functions("line"))(\(strip.destination), \(left), \(a.column), \(right), \(b.row), \(strip.columns), \(k));")
      return
    }
    let operands = "\(strip.destination), \(strip.rowStride), \(left), \(a.row), \(right), \(b.column), \(strip.rows), \(strip.columns)"
    guard !product.segments.isEmpty else {
      writer.line("\(functions("dots"))(\(operands), \(k));")
      return
    }
    let sums = [ProductStep.Segment](repeating: .once, count: ProductStep.mostSumsOfDots - 1 - product.segments.count) + product.segments
    let walked = sums.enumerated().map { index, sum in
      let count = index == sums.count - product.segments.count ? parts?.count(counters) : nil
      return "\(count ?? IndexText.count(sum.extent)), \(sum.a), \(sum.b)"
    }
    let accumulate = around.isEmpty ? "0" : "\(counters[0]) > 0"
    writer.line("\(functions("taps"))(\(operands), \(walked.joined(separator: ", ")), \(k), \(accumulate));")
  }

  private func computeTurn(_ strip: Strip, into writer: inout CWriter) {
    let a = IndexText.pointer(scope.pointer(product.a), index(product.a, loops.map(\.a), counters, last: (product.a.row, strip.row)))
    let target = "\(strip.destination), \(strip.rowStride), \(a), \(product.a.row)"
    if parts == nil { open(zip(counters, loops.map(\.extent)), &writer) }
    let accumulate = counters.isEmpty ? "0" : counters.map { "\($0) > 0" }.joined(separator: " || ")
    let operands = "\(target), \(walk.a), \(panels(strip)), \(strip.rows), \(strip.columns), \(IndexText.count(walk.k))"
    if let inner = walk.inner {
      let count = parts?.count(counters) ?? IndexText.count(inner.extent)
      writer.line("\(functions("segmented_product"))(\(operands), \(count), \(inner.a), \(inner.b), \(accumulate));")
    } else {
      let asked = asks ? far.map { ", " + $0.text(strip, scope) } : nil
      writer.line("\(functions(asked == nil ? "product" : "product_asking"))(\(operands), \(accumulate)\(asked ?? ""));")
    }
    if parts == nil { for _ in counters { writer.close() } }
  }

  /// Whether one product is all of a strip, and something far away is read after it.
  private var asks: Bool { far != nil && parts == nil && loops.isEmpty && walk.inner == nil }

  private func askAhead(_ strip: Strip, into writer: inout CWriter) {
    for operand in ahead {
      let outer = zip(operand.access.outer, scope.outerCounters).map { (stride: $0, counter: Optional($1)) }
      // What a group reads is asked for one group early, a turn's part in each turn.
      let turns = operand.access == product.a ? group?.size ?? 1 : 1
      let first = scope.offset(operand.access) + turns * operand.distance
      let index = IndexText.sum(first, outer + [(operand.access.row, strip.row)])
      let place = IndexText.pointer(scope.pointer(operand.access), index)
      writer.line("\(functions("ask"))(\(place), \(operand.count(rows: strip.rows)));")
    }
  }

  /// B, the distance of its rows, and that of its panels.
  private func panels(_ strip: Strip) -> String {
    guard packs else {
      let index = self.index(product.b, loops.map(\.b), counters, last: (product.b.column, strip.column))
      return "\(IndexText.pointer(scope.pointer(product.b), index)), \(walk.b), \(panel)"
    }
    var first = IndexText.pointer("packed", sum(walk.loops.map(\.b), counters))
    // A strip begins at a multiple of the panel's width.
    if case .all = packedColumns, let column = strip.column { first += " + \(packedOffset(column))" }
    return "\(first), \(walk.b), \(panelDistance)"
  }

  /// Of the panels of packed B.
  private var panelDistance: String {
    walk.depth.perExample ? "\(panel) * (\(IndexText.count(walk.depth)))" : "\(panel * walk.depth.count)"
  }

  private func sum(_ strides: [Int], _ counters: [String]) -> String {
    IndexText.sum(0, zip(strides, counters).map { (stride: $0, counter: Optional($1)) })
  }

  private func index(_ access: Access, _ strides: [Int], _ counters: [String], last: (stride: Int, counter: String?)) -> String {
    let outer = zip(access.outer, group?.counters ?? scope.outerCounters).map { (stride: $0, counter: Optional($1)) }
    let inner = zip(strides, counters).map { (stride: $0, counter: Optional($1)) }
    return IndexText.sum(scope.offset(access), outer + inner + [last])
  }

  private func open(_ loops: Zip2Sequence<[String], [Extent]>, _ writer: inout CWriter) {
    for (counter, extent) in loops { writer.open("for (long \(counter) = 0; \(counter) < \(IndexText.count(extent)); ++\(counter))") }
  }
}
