import NNSchedule

/// Prints a kernel as loops, the way a person would write them, for a compiler that makes loops fast.
struct LoopKernel {
  private let form: KernelForm
  private let phases: RowPhases
  private let stores: DirectStores
  private let product: ProductLines?
  private var statements: LoopStatements
  private let chunks: ChunkPlan?
  private let sums: ChunkSums?
  private let size: StripSize
  /// Whether the product is computed strip by strip, so that what follows finds it in the cache.
  private let hasStrips: Bool

  /// Rows that make a pass together, and the most bytes that are kept of them, which stay in the nearest cache.
  private static let groupRows = 32
  private static let groupBytes = 32 << 10

  private static let reserved =
    ["i", "j", "start", "end", "first", "last", "count", "width", "rows", "tile", "scratch", "group", "members"]
    + ProductLines.reservedNames + ChunkSums.reservedNames

  init(_ kernel: Kernel, _ entry: EntryScope, scalarNames: (Int) -> String) {
    var form = KernelForm(kernel, overlaps: entry.overlap)
    let chunks = ChunkPlan.printed(form, entry)
    let isGrouped = chunks?.axis != .columns && form.isGrouped(batch: entry.batch, entry.overlap)
    if isGrouped { form.gather(.withoutFunctions) }
    let scope = KernelScope(entry, form.kernel, reserved: Self.reserved, scalarNames: scalarNames)
    self.form = form
    self.chunks = chunks
    sums = ChunkSums(form.kernel, chunks, batch: entry.batch)
    phases = RowPhases(form, isGrouped: isGrouped, overlap: entry.overlap)
    stores = DirectStores(form, KernelOrder(form), overlap: entry.overlap)
    let names = entry.program.names
    product = ProductLines(form.kernel, chunks: chunks, home: stores.homes[0], scope: scope) { names.carried("nn_" + $0) }
    var size = StripSize(
      form, chunks: chunks, tiles: 1, batch: entry.batch,
      bytes: entry.program.precision.bytes)
    if product?.isTurned == true { size.rows = form.kernel.rows.at(batch: entry.batch) }
    self.size = size
    let isCut =
      chunks?.axis == .rows
      || (!stores.isAll(of: form.kernel) || form.kernel.product?.winograd != nil) && form.kernel.rows.at(batch: entry.batch) > size.rows
    hasStrips = form.kernel.product != nil && isCut
    let row = form.kernel.rows == Extent(1) ? nil : "i"
    statements = LoopStatements(form, phases, stores, sums, scope, row: row, column: form.isVector ? nil : "j")
  }

  private var kernel: Kernel { form.kernel }

  /// The loops around the rows, with their counters.
  private var outer: [(counter: String, extent: Extent)] {
    product?.coversOuter == true ? [] : zip(statements.scope.outerCounters, kernel.outer).map { ($0, $1) }
  }

  private var real: String { statements.scope.program.real }

  /// Whether what a row accumulates is summed block by block, so that only a block of it is kept.
  private var isBlocked: Bool {
    !form.wholeRows && product == nil && kernel.columns > StripSize.block && !statements.blockedReductions.isEmpty
  }

  mutating func print(comment: [String]) -> KernelFunction {
    var writer = CWriter(depth: 1)
    let lines = chunks.map { ChunkLines($0, isTask: statements.scope.program.isParallel) }
    let packsOnce = chunks?.packsOnce == true && product?.packs == true && product?.packDepth == 0
    let packsBefore = packsOnce && lines?.isTask == true
    let scratch = printScratch(packs: !packsBefore, into: &writer)
    if packsOnce && !packsBefore { product?.pack(into: &writer) }
    if hasStrips, chunks?.axis != .rows { writer.line("const long rows = \(IndexText.count(kernel.rows));") }
    let isTask = lines?.isTask == true
    if sums != nil && !isTask { printSinkStarts(into: &writer) { $0.targetText($1, column: $2) } }
    lines?.open(first: "first", end: chunks?.axis == .rows ? "rows" : "last", count: "width", into: &writer)
    if let sums, sums.isSmall {
      writer.line("\(real) \(ChunkSums.part)[\(sums.size)];")
    } else if isTask, let sums {
      writer.line(sums.declaration(real))
    }
    printSinkStarts(into: &writer) { $0.sinkText($1, column: $2) }
    product?.openParts(into: &writer)
    for (depth, (counter, extent)) in outer.enumerated() {
      if !packsOnce, product?.packDepth == depth { product?.pack(packedColumns, into: &writer) }
      let isChunk = chunks?.cuts(loop: depth, of: outer.count) == true
      let (first, end) = isChunk ? ("first", "last") : ("0", IndexText.count(extent))
      writer.open("for (long \(counter) = \(first); \(counter) < \(end); ++\(counter))")
    }
    if !packsOnce, product?.packDepth == outer.count { product?.pack(packedColumns, into: &writer) }
    printStrips(into: &writer)
    for _ in outer { writer.close() }
    product?.closeParts(&writer)
    if isTask { keepPart(into: &writer) } else { addPart(into: &writer) }
    lines?.close(&writer)
    return function(comment, writer.text, scratch, packsBefore)
  }

  private mutating func function(_ comment: [String], _ body: String, _ scratch: Int, _ packsBefore: Bool) -> KernelFunction {
    let task = chunks.flatMap { statements.scope.program.isParallel ? $0 : nil }
    let packed = packsBefore ? MemoryPlan.rounded(product?.packedSize ?? 0) : 0
    let shared = packed + (task == nil ? 0 : sums.map { $0.size * $0.most } ?? 0)
    var finish = CWriter(depth: 1)
    if let task, let sums { addParts(sums, count: task.count, into: &finish) }
    if scratch + shared > 0 { statements.scope.addScratch("scratch") }
    let called = statements.expressions.used.union(product?.used ?? []).union(rolled.isEmpty ? [] : ["nn_rolled"])
    var function = KernelFunction(
      comment: comment, parameters: statements.scope.parameters, body: body, scratch: scratch + shared, used: called)
    function.task = task.map {
      KernelFunction.Task(
        chunks: $0.count, laneScratch: scratch, packedScratch: packed, sharedScratch: shared,
        packing: packsBefore ? product?.packing() : nil, finish: finish.text)
    }
    return function
  }

  // MARK: Columns

  /// The first of the columns at hand, and how many there are; nil is 0.
  private var firstColumn: String? { chunks?.axis == .columns ? "first" : nil }

  private var packedColumns: (first: String, count: String)? { firstColumn.map { (first: $0, count: width) } }

  private var width: String {
    guard let chunks, chunks.axis == .columns else { return "\(kernel.columns)" }
    return chunks.isEven ? "\(chunks.size)" : "width"
  }

  /// How many columns a strip has room for.
  private var tileWidth: Int { chunks.flatMap { $0.axis == .columns ? $0.size : nil } ?? kernel.columns }

  /// The head of a loop over them.
  private var columnLoop: String {
    firstColumn.map { "for (long j = \($0); j < \($0) + \(width); ++j)" } ?? "for (long j = 0; j < \(width); ++j)"
  }

  /// Columns that compilers would write out one by one, which then are no vector for them any more.
  private static let spreadColumns = 8...48

  /// What keeps them a loop.
  private var rolled: String { Self.spreadColumns.contains(tileWidth) ? statements.scope.program.names.carried("nn_rolled") + " " : "" }

  // MARK: Scratch memory

  private mutating func printScratch(packs: Bool, into writer: inout CWriter) -> Int {
    var offset = 0
    func declare(_ name: String, _ elements: Int) {
      let qualifier = name == ChunkSums.part ? "restrict " : ""
      writer.line("\(real) *\(qualifier)const \(name) = \(IndexText.pointer("scratch", "\(offset)"));")
      offset += MemoryPlan.rounded(max(elements, 1))
    }
    if let sums, !sums.isSmall, !statements.scope.program.isParallel { declare(ChunkSums.part, sums.size) }
    if let product, product.packs, packs { declare("packed", product.packedSize) }
    if let product, product.turnedSize > 0 { declare("turned", product.turnedSize) }
    if let size = product?.transformedSize(rows: min(size.rows, chunks?.mostRows ?? size.rows)) { declare("transformed", size) }
    if let results = product?.results {
      declare(ProductResults.name, results.size)
    } else if product != nil, stores.homes[0] == nil {
      declare("tile", size.rows * tileWidth)
    }
    let members = phases.isGrouped ? groupSize : 1
    for kept in statements.scratchRows { declare(kept.name, isBlocked ? StripSize.block : members * kernel.columns) }
    for kept in statements.rowNames.sorted(by: { $0.key < $1.key }) { declare(kept.value, members) }
    return offset
  }

  private typealias SinkText = (LoopStatements, Sink, String?) -> String

  private mutating func printSinkStarts(into writer: inout CWriter, _ text: SinkText) {
    for sink in kernel.sinks {
      let start = statements.expressions.number(sink.kind.start).text
      if case .rows(let access, _, let count) = sink.target {
        let place = IndexText.sum(statements.scope.offset(access), [(1, "j")])
        writer.line("for (long j = 0; j < \(count * access.row); ++j) \(statements.scope.pointer(access))[\(place)] = \(start);")
      } else if sink.level == .full, case .memory = sink.target {
        writer.line("\(columnLoop) \(text(statements, sink, "j")) = \(start);")
      } else {
        writer.line("\(text(statements, sink, nil)) = \(start);")
      }
    }
  }

  /// Adds a chunk's sums to those of the chunks before it.
  private mutating func addPart(into writer: inout CWriter) {
    guard let sums else { return }
    for sink in kernel.sinks {
      let isRow = sink.level == .full && ChunkSums.count(sink, kernel) > 1
      if isRow { writer.open(columnLoop) }
      let column = isRow ? "j" : nil
      let value = CExpression("\(ChunkSums.part)[\(sums.index(sink, column: column))]", .primary)
      writer.line(statements.accumulation(sink, statements.targetText(sink, column: column), value))
      if isRow { writer.close() }
    }
  }

  /// Leaves a chunk's sums to whoever adds them up.
  private func keepPart(into writer: inout CWriter) {
    guard let sums, sums.isSmall else { return }
    writer.line("for (long j = 0; j < \(sums.elements); ++j) \(ChunkSums.parts)[chunk * \(sums.size) + j] = \(ChunkSums.part)[j];")
  }

  private mutating func addParts(_ sums: ChunkSums, count: String, into writer: inout CWriter) {
    printSinkStarts(into: &writer) { $0.targetText($1, column: $2) }
    writer.open("for (long chunk = 0; chunk < \(count); ++chunk)")
    writer.line("const \(real) *const \(ChunkSums.part) = \(ChunkSums.parts) + chunk * \(sums.size);")
    addPart(into: &writer)
    writer.close()
  }

  // MARK: Rows

  private mutating func printStrips(into writer: inout CWriter) {
    let firstRow = chunks?.axis == .rows ? "first" : "0"
    guard let product else {
      printRows(firstRow, chunks?.axis == .rows ? "rows" : IndexText.count(kernel.rows), into: &writer)
      return
    }
    guard hasStrips else {
      product.compute(strip(start: nil, rows: IndexText.count(kernel.rows)), into: &writer)
      statements.productTile = ProductTile(row: nil, column: firstColumn, width: tileWidth, results: product.results)
      if statements.hasWork { printRows("0", IndexText.count(kernel.rows), into: &writer) }
      return
    }
    writer.open("for (long start = \(firstRow); start < rows; start += \(size.rows))")
    writer.line("const long count = rows - start < \(size.rows) ? rows - start : \(size.rows);")
    product.compute(strip(start: "start", rows: "count"), into: &writer)
    statements.productTile = ProductTile(row: "start", column: firstColumn, width: tileWidth)
    printRows("start", "start + count", into: &writer)
    writer.close()
  }

  private func strip(start: String?, rows: String) -> ProductLines.Strip {
    let scope = statements.scope
    if let home = stores.homes[0] {
      let pointer = IndexText.pointer(scope.pointer(home), scope.index(home, row: start, column: firstColumn))
      return ProductLines.Strip(
        destination: pointer, rowStride: "\(home.row)", row: start, column: firstColumn, rows: rows, columns: width)
    }
    return ProductLines.Strip(
      destination: product?.results == nil ? "tile" : ProductResults.name, rowStride: "\(tileWidth)", row: start, column: firstColumn,
      rows: rows, columns: width)
  }

  private mutating func printRows(_ first: String, _ end: String, into writer: inout CWriter) {
    guard let row = statements.row else {
      printRow(into: &writer)
      return
    }
    if phases.isGrouped { return printGroups(row, first, end, into: &writer) }
    writer.open("for (long \(row) = \(first); \(row) < \(end); ++\(row))")
    printRow(into: &writer)
    writer.close()
  }

  private var groupSize: Int {
    let entry = statements.scope.entry
    let fitting = Self.groupBytes / max(phases.kept.count * kernel.columns * entry.program.precision.bytes, 1)
    return min(kernel.rows.at(batch: entry.batch), Self.groupRows, max(fitting, 1))
  }

  private mutating func printGroups(_ row: String, _ first: String, _ end: String, into writer: inout CWriter) {
    let size = groupSize
    let most = hasStrips ? self.size.rows : chunks?.axis == .rows ? Int.max : kernel.rows.at(batch: statements.scope.entry.batch)
    let isOne = most <= size
    if isOne {
      statements.group = hasStrips ? RowGroup(first: first, count: "count") : RowGroup(first: nil, count: end)
    } else {
      writer.open("for (long group = \(first); group < \(end); group += \(size))")
      writer.line("const long members = \(end) - group < \(size) ? \(end) - group : \(size);")
      statements.group = RowGroup(first: "group", count: "members")
    }
    for phase in 0..<phases.count {
      let isLast = phase == phases.count - 1
      statements.printReductions(phase, into: &writer)
      if isLast || statements.hasRows(phase) {
        writer.open("for (long \(row) = \(isOne ? first : "group"); \(row) < \(isOne ? end : "group + members"); ++\(row))")
        printPass(phase, into: &writer)
        if isLast { statements.printRowEnd(into: &writer) }
        writer.close()
      }
      statements.printFunctions(phase, into: &writer)
    }
    statements.group = nil
    if !isOne { writer.close() }
  }

  private mutating func printRow(into writer: inout CWriter) {
    if isBlocked {
      printBlockedRow(into: &writer)
    } else {
      for phase in 0..<phases.count { printPass(phase, into: &writer) }
    }
    statements.printRowEnd(into: &writer)
  }

  private mutating func printPass(_ phase: Int, into writer: inout CWriter) {
    statements.printRowStatements(phase, into: &writer)
    guard statements.hasColumns(phase) else { return }
    writer.open(rolled + columnLoop)
    statements.printColumn(phase, into: &writer)
    writer.close()
  }

  private mutating func printBlockedRow(into writer: inout CWriter) {
    statements.printRowStatements(0, into: &writer)
    statements.beginBlocks(into: &writer)
    let columns = kernel.columns
    writer.open("for (long first = 0; first < \(columns); first += \(StripSize.block))")
    writer.line("const long end = \(columns) - first < \(StripSize.block) ? \(columns) : first + \(StripSize.block);")
    statements.blockStart = "first"
    writer.open("for (long j = first; j < end; ++j)")
    statements.printColumn(0, into: &writer)
    writer.close()
    statements.endBlock(count: "end - first", into: &writer)
    writer.close()
    statements.printRowStatements(1, into: &writer)
    statements.blockStart = nil
  }
}
