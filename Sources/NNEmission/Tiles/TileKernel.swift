import NNSchedule

/// Prints a kernel as calls on tiles, for a compiler that leaves loops as slow as they are written: every inner loop is in a precompiled primitive.
struct TileKernel {
  private let form: KernelForm
  private let order: KernelOrder
  private let stores: DirectStores
  private var scope: KernelScope
  private let product: ProductLines?
  private let space: TileScope

  private static let reserved = ["r", "m", "c", "w", "width", "scratch", "rows"] + ProductLines.reservedNames

  init(_ kernel: Kernel, _ entry: EntryScope, scalarNames: (Int) -> String) {
    var form = KernelForm(kernel, overlaps: entry.overlap)
    form.foldProducts()
    let scope = KernelScope(entry, form.kernel, reserved: Self.reserved, numbered: ["t", "v"], scalarNames: scalarNames)
    self.form = form
    self.scope = scope
    order = KernelOrder(form)
    stores = DirectStores(form, order, overlap: entry.overlap)
    let prefix = "nn_\(entry.program.precision.rawValue)_"
    product = form.kernel.product.map { ProductLines($0, columns: form.kernel.columns, scope: scope) { prefix + $0 } }
    let isWhole = Self.isLoneProduct(form, stores)
    let hasStrips = form.kernel.rows != Extent(1) && !isWhole
    let hasTiles = !form.isVector && !form.wholeRows && form.kernel.columns > StripSize.block && !isWhole
    space = TileScope(
      scope: scope, isVector: form.isVector, row: hasStrips ? "r" : nil, column: hasTiles ? "c" : nil,
      rows: hasStrips ? "m" : form.kernel.rows == Extent(1) ? "1" : "rows", columns: hasTiles ? "w" : "\(form.kernel.columns)")
  }

  /// A product and nothing else is left to its kernel, which cuts it up as it likes.
  private static func isLoneProduct(_ form: KernelForm, _ stores: DirectStores) -> Bool {
    let kernel = form.kernel
    return kernel.product != nil && kernel.statements.isEmpty && kernel.sinks.isEmpty && stores.homes[0] != nil && stores.remaining.isEmpty
  }

  // MARK: The function

  mutating func print(comment: [String], constants: inout ConstantTable) -> KernelFunction {
    let kernel = form.kernel
    var statements = TileStatements(
      form, space, stores, constants: constants, writer: CWriter(depth: 1 + kernel.outer.count + (space.row == nil ? 0 : 1)))
    printStrip(&statements)
    let size = StripSize(
      form, tiles: form.isVector ? statements.row.count : statements.full.count, batch: scope.program.batch,
      bytes: scope.program.precision.bytes)
    var writer = CWriter(depth: 1)
    let scratch = printScratch(statements, size, into: &writer)
    if space.rows == "rows" || space.row != nil { writer.line("const long rows = \(IndexText.count(kernel.rows));") }
    if space.column != nil { writer.line("const long width = \(size.columns);") }
    printSinkStarts(&statements, into: &writer)
    openLoops(size, into: &writer)
    writer.append(statements.writer.text)
    closeLoops(&writer)
    constants = statements.constants
    if scratch > 0 { scope.addScratch("scratch") }
    return KernelFunction(
      comment: comment, parameters: scope.parameters, body: writer.text, scratch: scratch,
      used: statements.used.union(statements.usedNumbers))
  }

  private func printStrip(_ statements: inout TileStatements) {
    for statement in order.before { statements.emit(statement) }
    if space.column != nil {
      for statement in order.inside where statement.isReduction { statements.begin(statement) }
      let columns = form.kernel.columns
      statements.openColumns(
        "for (long c = 0; c < \(columns); c += width)", "const long w = \(columns) - c < width ? \(columns) - c : width;")
    } else if !form.wholeRows {
      for statement in order.inside where statement.isReduction { statements.begin(statement) }
    }
    printProduct(&statements)
    for statement in order.inside { statements.emit(statement) }
    statements.emitOtherSinks(.full)
    statements.emitStores(.full)
    if space.column != nil { statements.closeColumns() }
    for statement in order.after { statements.emit(statement) }
    statements.emitOtherSinks(.row)
    statements.emitStores(.row)
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
  private func printScratch(_ statements: TileStatements, _ size: StripSize, into writer: inout CWriter) -> Int {
    var offset = 0
    let real = scope.program.real
    func declare(_ name: String, _ elements: Int) {
      writer.line("\(real) *const \(name) = \(IndexText.pointer("scratch", "\(offset)"));")
      offset += Self.rounded(elements)
    }
    if let product, product.packs { declare("packed", product.packedSize) }
    for index in 0..<statements.full.count { declare("t\(index)", size.rows * size.columns) }
    for index in 0..<statements.row.count { declare("v\(index)", size.rows) }
    return offset
  }

  /// Whole cache lines.
  private static func rounded(_ elements: Int) -> Int { (max(elements, 1) + 15) / 16 * 16 }

  private func printSinkStarts(_ statements: inout TileStatements, into writer: inout CWriter) {
    for sink in form.kernel.sinks {
      let start = statements.number(sink.kind.start)
      guard sink.level == .full, case .memory(let access) = sink.target else {
        writer.line("\(dereferenced(sink)) = \(start);")
        continue
      }
      let pointer = IndexText.pointer(scope.pointer(access), "\(access.offset)")
      statements.note(["fill"])
      writer.line("nn_\(scope.program.precision.rawValue)_fill(\(pointer), \(form.kernel.columns), \(start), 1, \(form.kernel.columns));")
    }
  }

  private func dereferenced(_ sink: Sink) -> String {
    switch sink.target {
    case .scalar(let id): "*\(scope.target(id))"
    case .memory(let access): "\(scope.pointer(access))[\(access.offset)]"
    }
  }

  private func openLoops(_ size: StripSize, into writer: inout CWriter) {
    for (counter, extent) in zip(scope.outerCounters, form.kernel.outer) {
      writer.open("for (long \(counter) = 0; \(counter) < \(IndexText.count(extent)); ++\(counter))")
    }
    product?.pack(into: &writer)
    guard let row = space.row else { return }
    writer.open("for (long \(row) = 0; \(row) < rows; \(row) += \(size.rows))")
    writer.line("const long m = rows - r < \(size.rows) ? rows - r : \(size.rows);")
  }

  private func closeLoops(_ writer: inout CWriter) {
    for _ in 0..<(form.kernel.outer.count + (space.row == nil ? 0 : 1)) { writer.close() }
  }
}
