import NNSchedule

/// How a kernel that is worth it is cut into chunks: parts of its domain of which none reads what another writes, so that they can be computed in any
/// order and at the same time.
///
/// Chunks depend on shapes and the number of examples, never on how many threads there are.
struct ChunkPlan: Hashable, Sendable {
  enum Axis: Hashable, Sendable {
    /// Each packs its own part of B, which then stays in the second-level cache for all rows, or reads it as it lies.
    case columns
    case rows
    /// Turns of the outermost loop.
    case outer
    /// Turns of the innermost loop around the rows.
    case lines

    var units: String {
      switch self {
      case .columns: "columns"
      case .rows: "rows"
      case .outer: "turns of the outermost loop"
      case .lines: "lines"
      }
    }
  }

  let axis: Axis
  /// How many columns or rows a chunk has; the last one may have fewer.
  let size: Int
  /// All columns or rows.
  let extent: Extent
  /// Whether the product is computed as its transpose: B, read as it lies, is on the left then, and A is packed, once for all chunks.
  let turnsProduct: Bool
  /// Whether chunks are rows of which the kernel sums something: each then has sums of its own.
  let sumsParts: Bool

  /// Packed columns of B that leave room in the second-level cache for what else there is.
  private static let packedBytes = 320 << 10
  private static let mostPanels = 4
  /// What stays in the second-level cache, and rows that make passing over it worth while.
  fileprivate static let nearBytes = 512 << 10
  private static let leastWholeRows = 20
  /// More would take too much room for what is made of some rows.
  private static let mostWholeColumns = 1024
  /// Enough for few threads to end at about the same time.
  fileprivate static let wantedChunks = 8

  init?(_ form: KernelForm, batch: Int, precision: Precision, overlaps: (Region, Region) -> Bool) {
    guard KernelWork(form.kernel, batch: batch, precision: precision).microseconds >= KernelWork.leastShared,
      form.hasIndependentElements(overlaps), !form.kernel.sinks.contains(where: \.isScatter)
    else { return nil }
    let cuts = Self.cuts(form, batch, precision)
    guard let cut = cuts.first(where: { $0.size < $0.extent.at(batch: batch) }) else { return nil }
    (axis, extent, size) = cut
    turnsProduct = axis == .columns && form.kernel.isBetterTurned(batch: batch)
    sumsParts = axis != .columns && !form.kernel.sinks.isEmpty
  }

  /// Whether a chunk has part of the turns of a loop, of so many around the rows.
  func cuts(loop depth: Int, of count: Int) -> Bool { axis == .outer && depth == 0 || axis == .lines && depth == count - 1 }

  /// Rows of a chunk, where chunks are rows.
  var mostRows: Int? { axis == .rows ? size : nil }

  /// Whether what the product packs serves all chunks.
  var packsOnce: Bool { axis != .columns || turnsProduct }

  /// The ways to cut a kernel, the best first.
  private static func cuts(_ form: KernelForm, _ batch: Int, _ precision: Precision) -> [(axis: Axis, extent: Extent, size: Int)] {
    let kernel = form.kernel
    return allCuts(form, batch, precision).filter { cut in
      guard cut.axis != .columns else { return true }
      return kernel.isWorthParts(rows: cut.axis == .rows ? cut.size : cut.size * kernel.rows.at(batch: batch))
    }
  }

  private static func allCuts(_ form: KernelForm, _ batch: Int, _ precision: Precision) -> [(axis: Axis, extent: Extent, size: Int)] {
    let kernel = form.kernel
    var cuts: [(axis: Axis, extent: Extent, size: Int)] = []
    if let winograd = kernel.product?.winograd { return winograd.cut(kernel, batch).map { [$0] } ?? [] }
    if let parts = SumParts(kernel, batch: batch) {
      cuts.append((.rows, kernel.rows, parts.chunkRows(kernel.rows.at(batch: batch))))
    }
    if form.isColumnwise { cuts.append((.columns, Extent(kernel.columns), width(kernel, batch, precision))) }
    if let outer = kernel.outer.first {
      let turns = outer.at(batch: batch)
      let isLong = turns >= wantedChunks
      cuts.insert((.outer, outer, (turns + wantedChunks - 1) / wantedChunks), at: isLong ? 0 : cuts.count)
      if isLong { return cuts }
    }
    if let rows = gradientHeight(form, batch, precision) {
      cuts.insert((.rows, kernel.rows, rows), at: 0)
    } else {
      let isFirst = !form.isColumnwise || kernel.isTall(batch: batch, precision)
      cuts.insert((.rows, kernel.rows, height(form, batch)), at: isFirst ? 0 : 1)
    }
    return cuts
  }

  /// Rows of a chunk where chunks of columns could as well be, and B, read in place, stays in the second-level cache: what is updated then lies together,
  /// and A, whose rows are neighbours in gradients of weights, is not read again for each part of the columns.
  private static func gradientHeight(_ form: KernelForm, _ batch: Int, _ precision: Precision) -> Int? {
    let kernel = form.kernel
    guard let product = kernel.product, form.isColumnwise, product.a.row == 1, product.method == .tiles, product.b.column == 1,
      product.segments.isEmpty, kernel.outer.isEmpty, kernel.sinks.isEmpty, 2...mostWholeColumns ~= kernel.columns,
      product.k.at(batch: batch) * kernel.columns * precision.bytes <= nearBytes
    else { return nil }
    let rows = kernel.rows.at(batch: batch)
    // An even number of chunks, so that two threads end together.
    let pairs = min(wantedChunks / 2, rows / (2 * leastWholeRows))
    return pairs < 2 ? nil : (rows + 2 * pairs - 1) / (2 * pairs)
  }

  /// The plan that text is printed by. Without tasks chunks only matter where they are columns, for the caches' sake, or have their own sums.
  static func printed(_ form: KernelForm, _ entry: EntryScope) -> ChunkPlan? {
    let program = entry.program
    let plan = ChunkPlan(form, batch: entry.batch, precision: program.precision, overlaps: entry.overlap)
    let isLine = form.kernel.product?.method == .line
    guard let plan, plan.axis == .columns && !isLine || plan.sumsParts || program.isParallel else { return nil }
    return plan
  }

  /// Whether all chunks have the same size.
  var isEven: Bool { !extent.perExample && extent.count % size == 0 }

  /// The number of chunks, as C.
  var count: String {
    if !extent.perExample { return "\((extent.count + size - 1) / size)" }
    return "(\(IndexText.count(extent)) + \(size - 1)) / \(size)"
  }

  /// Whole panels of B; its rows, which are cut into even tiles, where it is on the left.
  private static func width(_ kernel: Kernel, _ batch: Int, _ precision: Precision) -> Int {
    if kernel.isBetterTurned(batch: batch) { return (kernel.columns + wantedChunks - 1) / wantedChunks }
    let panel = precision.panel
    guard let product = kernel.product else { return kernel.columns }
    if let lines = product.lines { return (kernel.columns / lines.pixels + wantedChunks - 1) / wantedChunks * lines.pixels }
    let depth = product.segments.reduce(product.k.at(batch: batch)) { $0 * $1.extent.at(batch: batch) }
    let fitting = min(packedBytes / max(depth * precision.bytes * panel, 1), mostPanels)
    return max(min(fitting, kernel.columns / wantedChunks / panel), 1) * panel
  }

  /// Whole tiles of the product's kernel, or vectors.
  private static func height(_ form: KernelForm, _ batch: Int) -> Int {
    let rows = (form.kernel.rows.at(batch: batch) + wantedChunks - 1) / wantedChunks
    let unit = form.kernel.product != nil ? 12 : form.isVector ? 64 : 1
    return max((rows + unit - 1) / unit * unit, 1)
  }
}

/// The lines around a chunk: the head of a loop over all of them or, in a task, what the number of the chunk stands for.
struct ChunkLines {
  private let plan: ChunkPlan
  let isTask: Bool

  init(_ plan: ChunkPlan, isTask: Bool) {
    self.plan = plan
    self.isTask = isTask
  }

  /// How many blocks the lines open.
  var depth: Int { isTask ? 0 : 1 }

  /// Names the first row, column or turn of the chunk, then the end of its rows or turns, or the number of its columns unless all chunks have the same.
  func open(first: String, end: String, count: String, into writer: inout CWriter) {
    let (size, extent) = (plan.size, IndexText.count(plan.extent))
    if isTask {
      writer.line("const long \(first) = chunk * \(size);")
    } else {
      writer.open("for (long \(first) = 0; \(first) < \(extent); \(first) += \(size))")
    }
    switch plan.axis {
    case .rows, .outer, .lines: writer.line("const long \(end) = \(extent) - \(first) < \(size) ? \(extent) : \(first) + \(size);")
    case .columns where plan.isEven: break
    case .columns: writer.line("const long \(count) = \(extent) - \(first) < \(size) ? \(extent) - \(first) : \(size);")
    }
  }

  func close(_ writer: inout CWriter) { if !isTask { writer.close() } }
}

extension Kernel {
  /// Whether each chunk of columns would read much of A again from far away, and chunks of rows can do without: A does not fit into the second-level
  /// cache, but all of B takes half of it at most. Of gradients of weights, whose A is walked down its columns, `gradientHeight` takes care.
  fileprivate func isTall(batch: Int, _ precision: Precision) -> Bool {
    guard let product, product.method.isTiles, product.segments.isEmpty, outer.isEmpty, product.a.row != 1 else { return false }
    let (rows, depth) = (rows.at(batch: batch), product.k.at(batch: batch))
    return rows >= ChunkPlan.wantedChunks * columns && rows * depth * precision.bytes > ChunkPlan.nearBytes
      && 2 * depth * columns * precision.bytes <= ChunkPlan.nearBytes
  }

  /// Rows of a chunk that make adding up its sums little work beside summing.
  private static let leastSummedRows = 16

  /// Whether chunks of so many rows may have sums of their own.
  fileprivate func isWorthParts(rows: Int) -> Bool {
    rows >= Self.leastSummedRows || sinks.allSatisfy { ChunkSums.count($0, self) == 1 }
  }
}

extension Winograd {
  /// Rows of a gradient's chunk: each transforms all that windows see.
  private static let mostRows = 64

  /// Pictures, or lines where there are few of them; about two chunks of the rows of a gradient.
  fileprivate func cut(_ kernel: Kernel, _ batch: Int) -> (axis: ChunkPlan.Axis, extent: Extent, size: Int)? {
    switch result {
    case .pictures:
      guard let outer = kernel.outer.first else { return nil }
      let turns = outer.at(batch: batch)
      let groups = (lines + linesTogether - 1) / linesTogether
      if kernel.outer.count > 1, turns >= min(ChunkPlan.wantedChunks, groups) {
        return (.outer, outer, (turns + ChunkPlan.wantedChunks - 1) / ChunkPlan.wantedChunks)
      }
      return (.lines, Extent(lines), (groups + ChunkPlan.wantedChunks - 1) / ChunkPlan.wantedChunks * linesTogether)
    case .kernels:
      let unit = kernel.rows.count < 32 ? 8 : 16
      return (.rows, kernel.rows, min(((kernel.rows.count + 1) / 2 + unit - 1) / unit * unit, Self.mostRows))
    }
  }
}

extension KernelForm {
  fileprivate var isColumnwise: Bool { !wholeRows && kernel.isColumnwise }

  /// Whether what is written is only read for the element that is written: chunks come in any order.
  func hasIndependentElements(_ overlaps: (Region, Region) -> Bool) -> Bool {
    kernel.targets.allSatisfy { written in
      let region = Region(written.buffer)
      let products = kernel.product.map { [$0.a, $0.b] } ?? []
      return products.allSatisfy { !overlaps(Region($0.buffer), region) || $0.isBeside(written) }
        && kernel.readAccesses.allSatisfy { !overlaps(Region($0.buffer), region) || $0.isBeside(written) || $0.isSameWalk(as: written) }
    }
  }
}

extension Sink {
  /// Whether any row may add to any element: then they go in order.
  var isScatter: Bool {
    if case .rows = target { return true }
    return false
  }
}

extension Access {
  /// Whether this reads one part of a value that is put together and the other writes another: no part is read before it is all there.
  func isBeside(_ written: Access) -> Bool {
    guard case .workspace = buffer, buffer == written.buffer else { return false }
    return !isSameWalk(as: written)
  }

  /// Whether both are at the same element, in buffers that begin at the same place.
  func isSameWalk(as other: Access) -> Bool {
    offset == other.offset && outer == other.outer && row == other.row && column == other.column
  }
}
