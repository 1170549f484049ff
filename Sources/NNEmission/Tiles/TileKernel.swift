import NNAssembly
import NNGraph
import NNSchedule

/// Prints a kernel as calls on tiles, for a compiler that leaves loops as slow as they are written: every inner loop is in a precompiled primitive.
struct TileKernel {
  private let form: KernelForm
  private let order: KernelOrder
  private let stores: DirectStores
  private var scope: KernelScope
  private let product: ProductLines?
  private let chunks: ChunkPlan?
  private let sums: ChunkSums?
  private let space: TileScope
  /// Whether a strip is cut into tiles of columns.
  private let hasTiles: Bool
  private let strips: Strips

  private enum Strips {
    /// The kernel has one row.
    case none
    /// All rows at once.
    case one
    case many
  }

  private static let reserved =
    ["r", "m", "c", "w", "width", "scratch", "rows", "first", "last"]
    + ProductLines.reservedNames + ChunkSums.reservedNames

  private let loops: LoopChooser?

  init(_ kernel: Kernel, _ entry: EntryScope, _ machine: VectorMachine?, scalarNames: (Int) -> String) {
    var form = KernelForm(kernel, overlaps: entry.overlap)
    let chunks = ChunkPlan.printed(form, entry)
    let kind = machine.map { LoopKind($0, entry.program.precision, form.kernel, batch: entry.batch) }
    if let kind { form.gather(kind.arithmetic) }
    let scope = KernelScope(entry, form.kernel, reserved: Self.reserved, numbered: ["t", "v"], scalarNames: scalarNames)
    self.form = form
    self.scope = scope
    self.chunks = chunks
    sums = ChunkSums(form.kernel, chunks, batch: entry.batch)
    order = KernelOrder(form)
    stores = DirectStores(form, order, overlap: entry.overlap)
    loops = kind.map { [form, stores] in LoopChooser($0, form, stores) }
    let prefix = "nn_\(entry.program.precision.rawValue)_"
    product = ProductLines(form.kernel, chunks: chunks, home: stores.homes[0], scope: scope) { prefix + $0 }
    let isWhole = stores.isAll(of: form.kernel)
    let width = chunks.flatMap { $0.axis == .columns ? $0 : nil }
    strips = Self.strips(form, chunks, isTurned: product?.isTurned == true, isWhole: isWhole, entry, loops: kind)
    let rows = form.kernel.rows
    hasTiles = width == nil && !form.isVector && !form.wholeRows && form.kernel.columns > StripSize.block && !isWhole
    space = TileScope(
      scope: scope, isVector: form.isVector, row: strips == .many ? "r" : nil, column: width != nil || hasTiles ? "c" : nil,
      rows: strips == .many ? "m" : rows.perExample ? "rows" : "\(rows.count)",
      columns: hasTiles ? "w" : width.map { $0.isEven ? "\($0.size)" : "w" } ?? "\(form.kernel.columns)",
      results: product?.results)
  }

  private static func strips(
    _ form: KernelForm, _ chunks: ChunkPlan?, isTurned: Bool, isWhole: Bool, _ entry: EntryScope, loops: LoopKind?
  ) -> Strips {
    if form.kernel.rows == Extent(1) { return .none }
    if chunks?.axis == .rows { return .many }
    if isTurned || isWhole && form.kernel.product?.winograd == nil { return .one }
    // Each call may leave a tile behind.
    let calls = form.kernel.statements.count { statement in
      statement.level == (form.isVector ? .row : .full) && loops.map { !$0.arithmetic.includes(statement) } ?? true
    }
    let fitting = StripSize(
      form, chunks: chunks, tiles: max(calls, 1), batch: entry.batch,
      bytes: entry.program.precision.bytes)
    return fitting.rows < form.kernel.rows.at(batch: entry.batch) ? .many : .one
  }

  // MARK: The function

  mutating func print(comment: [String], constants: inout ConstantTable) -> KernelFunction {
    let kernel = form.kernel
    let lines = chunks.map { ChunkLines($0, isTask: scope.program.isParallel) }
    let depth = 1 + (lines?.depth ?? 0) + loopDepth
    var statements = TileStatements(form, space, stores, sums, constants: constants, writer: CWriter(depth: depth))
    printStrip(&statements)
    var size = StripSize(
      form, chunks: chunks,
      tiles: form.isVector ? statements.row.count : statements.full.count, batch: scope.entry.batch,
      bytes: scope.program.precision.bytes)
    if strips == .one { size.rows = kernel.rows.at(batch: scope.entry.batch) }
    var writer = CWriter(depth: 1)
    let packsOnce = chunks?.packsOnce == true && product?.packs == true && product?.packDepth == 0
    let packsBefore = packsOnce && lines?.isTask == true
    let scratch = printScratch(statements, size, packs: !packsBefore, into: &writer)
    if packsOnce && !packsBefore { product?.pack(into: &writer) }
    if chunks?.axis != .rows, space.rows == "rows" || space.row != nil {
      writer.line("const long rows = \(IndexText.count(kernel.rows));")
    }
    if hasTiles { writer.line("const long width = \(size.columns);") }
    let isTask = lines?.isTask == true
    if sums != nil && !isTask { printSinkStarts(&statements, into: &writer) }
    lines?.open(
      first: chunks?.axis == .columns ? "c" : "first", end: chunks?.axis == .rows ? "rows" : "last", count: "w", into: &writer)
    if sums == nil { printSinkStarts(&statements, into: &writer) } else { printPartStarts(&statements, isTask: isTask, into: &writer) }
    openLoops(size, packs: !packsOnce, into: &writer)
    writer.append(statements.writer.text)
    closeLoops(&writer)
    if !isTask { addParts(&statements, ChunkSums.part, count: "1", into: &writer) }
    lines?.close(&writer)
    constants = statements.constants
    return function(comment, writer.text, scratch, &statements, packsBefore)
  }

  private mutating func function(
    _ comment: [String], _ body: String, _ scratch: Int, _ statements: inout TileStatements, _ packsBefore: Bool
  ) -> KernelFunction {
    let task = chunks.flatMap { scope.program.isParallel ? $0 : nil }
    let packed = packsBefore ? MemoryPlan.rounded(product?.packedSize ?? 0) : 0
    let shared = packed + (task == nil ? 0 : sums.map { $0.size * $0.most } ?? 0)
    var finish = CWriter(depth: 1)
    if let task, sums != nil {
      printSinkStarts(&statements, into: &finish)
      addParts(&statements, ChunkSums.parts, count: task.count, into: &finish)
    }
    if scratch + shared > 0 { scope.addScratch("scratch") }
    var function = KernelFunction(
      comment: comment, parameters: scope.parameters, body: body, scratch: scratch + shared,
      used: statements.used.union(statements.usedNumbers))
    function.task = task.map {
      KernelFunction.Task(
        chunks: $0.count, laneScratch: scratch, packedScratch: packed, sharedScratch: shared,
        packing: packsBefore ? product?.packing() : nil, finish: finish.text)
    }
    return function
  }

  private func printStrip(_ statements: inout TileStatements) {
    emit(order.before, &statements)
    if hasTiles {
      for statement in order.inside where statement.isReduction { statements.begin(statement) }
      let columns = form.kernel.columns
      statements.openColumns(
        "for (long c = 0; c < \(columns); c += width)", "const long w = \(columns) - c < width ? \(columns) - c : width;")
    } else if !form.wholeRows {
      for statement in order.inside where statement.isReduction { statements.begin(statement) }
    }
    printProduct(&statements)
    emit(order.inside, &statements)
    statements.emitOtherSinks(.full)
    statements.emitStores(.full)
    if hasTiles { statements.closeColumns() }
    emit(order.after, &statements)
    statements.emitOtherSinks(.row)
    statements.emitStores(.row)
  }

  private func emit(_ part: [Statement], _ statements: inout TileStatements) {
    guard let loops else {
      for statement in part { statements.emit(statement) }
      return
    }
    for step in loops.steps(part) {
      switch step {
      case .statement(let statement): statements.emit(statement)
      case .loop(let draft): statements.emit(draft)
      }
    }
  }

  private func printProduct(_ statements: inout TileStatements) {
    guard let product else { return }
    let level: Level = form.isVector ? .row : .full
    let target = statements.target(0, level)
    // A vector over the rows is a product of one column.
    let stride = form.isVector ? "\(stores.homes[0]?.row ?? 1)" : target.row
    product.compute(
      ProductLines.Strip(
        destination: target.pointer, rowStride: stride, row: space.row, column: space.column, rows: space.rows,
        columns: form.isVector ? "1" : space.columns),
      into: &statements.writer)
    statements.note(Set(product.used.map { String($0.dropFirst(3)) }))
    statements.emitSinks(of: 0, level)
  }

  // MARK: Around the strips

  /// Declares packed B and the tiles; the result is the number of elements they take.
  private func printScratch(_ statements: TileStatements, _ size: StripSize, packs: Bool, into writer: inout CWriter) -> Int {
    var offset = 0
    let real = scope.program.real
    func declare(_ name: String, _ elements: Int) {
      writer.line("\(real) *const \(name) = \(IndexText.pointer("scratch", "\(offset)"));")
      offset += MemoryPlan.rounded(max(elements, 1))
    }
    if let sums, !scope.program.isParallel { declare(ChunkSums.part, sums.size) }
    if let product, product.packs, packs { declare("packed", product.packedSize) }
    if let product, product.turnedSize > 0 { declare("turned", product.turnedSize) }
    if let size = product?.transformedSize(rows: min(size.rows, chunks?.mostRows ?? size.rows)) { declare("transformed", size) }
    if let results = product?.results { declare(ProductResults.name, results.size) }
    for index in 0..<statements.full.count { declare("t\(index)", size.rows * size.columns) }
    for index in 0..<statements.row.count { declare("v\(index)", size.rows) }
    return offset
  }

  private func printSinkStarts(_ statements: inout TileStatements, into writer: inout CWriter) {
    for sink in form.kernel.sinks {
      let start = statements.number(sink.kind.start)
      if case .rows(let access, _, let count) = sink.target {
        statements.clear(access, count: count, into: &writer)
        continue
      }
      guard sink.level == .full, case .memory(let access) = sink.target else {
        writer.line("\(dereferenced(sink)) = \(start);")
        continue
      }
      let isChunk = chunks?.axis == .columns
      let columns = isChunk ? space.columns : "\(form.kernel.columns)"
      let pointer = IndexText.pointer(scope.pointer(access), scope.index(access, row: nil, column: isChunk ? space.column : nil))
      statements.note(["fill"])
      writer.line("nn_\(scope.program.precision.rawValue)_fill(\(pointer), \(columns), \(start), 1, \(columns));")
    }
  }

  /// What a chunk sums up begins in its own part.
  private func printPartStarts(_ statements: inout TileStatements, isTask: Bool, into writer: inout CWriter) {
    guard let sums else { return }
    if isTask { writer.line(sums.declaration(scope.program.real)) }
    for sink in form.kernel.sinks {
      let count = ChunkSums.count(sink, form.kernel)
      let pointer = IndexText.pointer(ChunkSums.part, sums.index(sink, column: nil))
      statements.note(["fill"])
      writer.line("nn_\(scope.program.precision.rawValue)_fill(\(pointer), \(count), \(statements.number(sink.kind.start)), 1, \(count));")
    }
  }

  /// Adds parts that follow each other to where the sums go.
  private func addParts(_ statements: inout TileStatements, _ first: String, count: String, into writer: inout CWriter) {
    guard let sums else { return }
    for sink in form.kernel.sinks {
      let function = "col_\(sink.kind.rawValue)"
      let part = IndexText.pointer(first, sums.index(sink, column: nil))
      statements.note([function])
      writer.line(
        "nn_\(scope.program.precision.rawValue)_\(function)(\(target(sink)), \(part), \(sums.size), 1, \(count), "
          + "\(ChunkSums.count(sink, form.kernel)));")
    }
  }

  private func target(_ sink: Sink) -> String {
    switch sink.target {
    case .scalar(let id): scope.target(id)
    case .memory(let access), .rows(let access, _, _): scope.place(access)
    }
  }

  private func dereferenced(_ sink: Sink) -> String {
    switch sink.target {
    case .scalar(let id): "*\(scope.target(id))"
    case .memory(let access), .rows(let access, _, _): "\(scope.pointer(access))[\(scope.offset(access))]"
    }
  }

  /// How many loops are around a strip.
  private var loopDepth: Int { (product?.partDepth ?? 0) + outer.count + (space.row == nil ? 0 : 1) }

  /// The loops around the rows, with their counters.
  private var outer: [(counter: String, extent: Extent)] {
    product?.coversOuter == true ? [] : zip(scope.outerCounters, form.kernel.outer).map { ($0, $1) }
  }

  private func openLoops(_ size: StripSize, packs: Bool, into writer: inout CWriter) {
    product?.openParts(into: &writer)
    for (depth, (counter, extent)) in outer.enumerated() {
      if packs { pack(at: depth, into: &writer) }
      let isChunk = chunks?.cuts(loop: depth, of: outer.count) == true
      let (first, end) = isChunk ? ("first", "last") : ("0", IndexText.count(extent))
      writer.open("for (long \(counter) = \(first); \(counter) < \(end); ++\(counter))")
    }
    if packs { pack(at: outer.count, into: &writer) }
    guard let row = space.row else { return }
    writer.open("for (long \(row) = \(chunks?.axis == .rows ? "first" : "0"); \(row) < rows; \(row) += \(size.rows))")
    writer.line("const long m = rows - r < \(size.rows) ? rows - r : \(size.rows);")
  }

  /// Packs B if that many of the outer loops decide what of it is used.
  private func pack(at depth: Int, into writer: inout CWriter) {
    guard let product, product.packDepth == depth else { return }
    let first = chunks?.axis == .columns ? space.column : nil
    product.pack(first.map { (first: $0, count: space.columns) }, into: &writer)
  }

  private func closeLoops(_ writer: inout CWriter) {
    for _ in 0..<loopDepth { writer.close() }
  }
}
