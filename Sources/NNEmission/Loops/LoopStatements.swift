import NNGraph
import NNSchedule

/// The tile that a strip's product is in.
struct ProductTile {
  /// The strip's first row, and the tile's first column; nil is 0.
  var row: String?
  var column: String?
  var width: Int
  /// Set where it is one of several.
  var results: ProductResults?

  var name: String { results == nil ? "tile" : ProductResults.name }
}

/// The rows that make a pass together: the first, if not 0, and how many there are.
struct RowGroup {
  var first: String?
  var count: String
}

/// Prints the statements of a kernel for one row, or pass by pass for a group of rows: as C declarations inside loops over its columns, one loop for each pass.
struct LoopStatements {
  let form: KernelForm
  let phases: RowPhases
  let stores: DirectStores
  private let sums: ChunkSums?
  var scope: KernelScope
  var expressions: ExpressionPrinter
  /// The text of the counters; nil where there is just one row or column.
  let row: String?
  let column: String?
  /// What holds a product, and where the block begins that kept rows cover.
  var productTile: ProductTile?
  var blockStart: String?
  var group: RowGroup?
  let names: [Int: String]
  let keptNames: [Int: String]
  /// Row values of a group.
  let rowNames: [Int: String]
  let destinations: LoopDestinations
  /// The pass at hand, and full values that it has loaded.
  private var loaded: Set<Int> = []
  var keyCount = 0

  init(
    _ form: KernelForm, _ phases: RowPhases, _ stores: DirectStores, _ sums: ChunkSums?, _ scope: KernelScope, row: String?,
    column: String?
  ) {
    self.form = form
    self.phases = phases
    self.stores = stores
    self.sums = sums
    self.row = row
    self.column = column
    var scope = scope
    var names: [Int: String] = [:]
    if form.kernel.product != nil { names[0] = scope.names.allocate("sum") }
    for statement in form.kernel.statements {
      let subscripts = statement.level == .full ? "_ij" : "_i"
      names[statement.id] = statement.name.map { scope.names.allocate($0, else: subscripts) } ?? scope.names.numbered("t")
    }
    self.names = names
    var keptNames: [Int: String] = [:]
    for id in phases.kept.sorted() where id != 0 || form.kernel.product == nil {
      keptNames[id] = scope.names.allocate((names[id] ?? "") + "_row")
    }
    self.keptNames = keptNames
    var rowNames: [Int: String] = [:]
    for id in phases.keptRowValues.sorted() { rowNames[id] = scope.names.allocate((names[id] ?? "") + "_rows") }
    self.rowNames = rowNames
    self.scope = scope
    expressions = ExpressionPrinter(scope.program)
    destinations = LoopDestinations(form, phases, stores)
  }

  var real: String { scope.program.real }

  // MARK: Kept rows

  /// Full values that need a row of scratch memory: those that no store keeps anyway.
  var scratchRows: [(id: Int, name: String)] {
    keptNames.keys.sorted().filter { destinations.homes[$0] == nil }.compactMap { id in keptNames[id].map { (id, $0) } }
  }

  /// The row that a reduction walks: a pointer and a stride.
  func keptRow(_ operand: Operand) -> (pointer: String, step: Int) {
    let rows = keptRows(operand, first: row, groupRow: groupRow)
    return (rows.pointer, rows.step)
  }

  /// What reductions walk from a row on: a pointer, and strides from row to row and from column to column.
  private func keptRows(_ operand: Operand, first: String?, groupRow: String?) -> (pointer: String, row: Int, step: Int) {
    func rows(of access: Access) -> (String, Int, Int) {
      (IndexText.pointer(scope.pointer(access), scope.index(access, row: first, column: blockStart)), access.row, access.column)
    }
    switch operand {
    case .memory(let access): return rows(of: access)
    case .local(0) where form.kernel.product != nil:
      if let home = stores.homes[0] { return rows(of: home) }
      let text = productIndex(row: first, column: nil)
      return (IndexText.pointer(text.name, text.index), productTile?.width ?? 0, 1)
    case .local(let id):
      if let home = destinations.homes[id] { return rows(of: home) }
      let columns = form.kernel.columns
      return (IndexText.pointer(keptNames[id] ?? "", IndexText.sum(0, [(columns, groupRow)])), columns, 1)
    case .index, .scalar, .constant: preconditionFailure("internal: a reduction of what has no columns")
    }
  }

  /// Where the product's value lies: in the memory it is stored to, or in the tile of the strip.
  private func productIndex(row: String?, column: String?) -> (name: String, index: String) {
    if let home = stores.homes[0] { return (scope.pointer(home), scope.index(home, row: row, column: column)) }
    guard let tile = productTile else { return ("", "0") }
    let strip = row.flatMap { row in tile.row == row ? nil : tile.row.map { "\(row) - \($0)" } ?? row }
    let place = column.map { column in tile.column.map { "\(column) - \($0)" } ?? column }
    let turn = (stride: tile.results?.stride ?? 0, counter: tile.results?.counter)
    return (tile.name, IndexText.sum(0, [turn, (tile.width, strip), (1, form.isVector ? nil : place)]))
  }

  // MARK: Operands

  mutating func operand(_ operand: Operand, _ level: Level) -> CExpression {
    switch operand {
    case .memory(let access), .index(let access):
      return CExpression("\(scope.pointer(access))[\(scope.index(access, row: row, column: level == .full ? column : nil))]", .primary)
    case .scalar(let id): return CExpression(scope.scalar(id), .primary)
    case .constant(let value): return expressions.number(value)
    case .local(let id): return CExpression(names[id] ?? "", .primary)
    }
  }

  /// Loads what an earlier pass has left.
  private mutating func load(_ operands: [Operand], phase: Int, into writer: inout CWriter) {
    for id in operands.compactMap(\.local) where !loaded.contains(id) {
      let isProduct = id == 0 && form.kernel.product != nil
      guard isProduct || (phases.isFull(id) && phases.phases[id] != phase) else { continue }
      loaded.insert(id)
      writer.line("const \(real) \(names[id] ?? "") = \(loadText(id, isProduct));")
    }
  }

  private func loadText(_ id: Int, _ isProduct: Bool) -> String {
    if isProduct {
      let place = productIndex(row: row, column: column)
      return "\(place.name)[\(place.index)]"
    }
    if let home = destinations.homes[id] { return "\(scope.pointer(home))[\(scope.index(home, row: row, column: column))]" }
    return "\(keptNames[id] ?? "")[\(keptPlace)]"
  }

  // MARK: Passes

  /// The row statements that are there before pass `phase`.
  mutating func printRowStatements(_ phase: Int, into writer: inout CWriter) {
    // In a kernel of one column all statements are row statements, and the product is read as one of them.
    loaded = []
    if phases.isGrouped {
      for id in phases.rowReads(phase) {
        writer.line("const \(real) \(names[id] ?? "") = \(rowNames[id] ?? "")[\(groupRow ?? "0")];")
      }
    }
    for statement in phases.statements(phase) where statement.level == .row && !phases.isOfGroup(statement.id) {
      if !statement.isReduction { load(statement.operands, phase: phase, into: &writer) }
      print(statement, into: &writer)
      if let kept = rowNames[statement.id] { writer.line("\(kept)[\(groupRow ?? "0")] = \(names[statement.id] ?? "");") }
    }
  }

  /// The reductions with which pass `phase` begins for all rows of a group.
  mutating func printReductions(_ phase: Int, into writer: inout CWriter) {
    guard let group else { return }
    for statement in phases.statements(phase) where phases.reduced.contains(statement.id) {
      guard case .reduce(let kind) = statement.kind, let name = rowNames[statement.id] else { continue }
      let source = keptRows(statement.operands[0], first: group.first, groupRow: nil)
      writer.line("for (long j = 0; j < \(group.count); ++j) \(name)[j] = \(expressions.number(kind.start).text);")
      let arguments = [name, source.pointer, "\(source.row)", "\(source.step)", group.count, "\(form.kernel.columns)"]
      writer.line("\(expressions.call("nn_row_\(kind.rawValue)", arguments).text);")
    }
  }

  /// The functions that have loops of their own at the end of pass `phase`.
  mutating func printFunctions(_ phase: Int, into writer: inout CWriter) {
    guard let group else { return }
    for statement in phases.statements(phase) where phases.apart.contains(statement.id) {
      guard case .compute(let expression) = statement.kind else { continue }
      let isFull = statement.level == .full
      let kept = isFull ? keptNames : rowNames
      let operands = statement.operands.map { operand in
        operand.local.map { CExpression("\(kept[$0] ?? "")[j]", .primary) } ?? self.operand(operand, statement.level)
      }
      let count =
        isFull
        ? CExpression(group.count, .product).joined("*", CExpression("\(form.kernel.columns)", .primary), .product).text : group.count
      let value = expressions.print(expression, operands) { _ in preconditionFailure("internal: a function of a coordinate") }
      writer.line("for (long j = 0; j < \(count); ++j) \(kept[statement.id] ?? "")[j] = \(value.text);")
    }
  }

  /// Whether anything is left to do once the product is there.
  var hasWork: Bool { !form.kernel.statements.isEmpty || !form.kernel.sinks.isEmpty || !destinations.lines.isEmpty }

  /// Whether a pass does anything row by row.
  func hasRows(_ phase: Int) -> Bool {
    hasColumns(phase)
      || phases.statements(phase).contains { $0.level == .row && !phases.isOfGroup($0.id) }
  }

  func hasColumns(_ phase: Int) -> Bool {
    phases.statements(phase).contains { $0.level == .full && !phases.apart.contains($0.id) }
      || form.kernel.sinks.contains { $0.level == .full && phases.phase($0.operand) == phase }
      || destinations.lines.contains { $0.store.level == .full && $0.phase == phase }
  }

  /// What pass `phase` does for one element.
  mutating func printColumn(_ phase: Int, into writer: inout CWriter) {
    loaded = []
    for statement in phases.statements(phase) where statement.level == .full && !phases.apart.contains(statement.id) {
      load(statement.operands, phase: phase, into: &writer)
      print(statement, into: &writer)
    }
    printSinks(.full, phase, into: &writer)
    printStores(.full, phase, into: &writer)
  }

  /// Sinks and stores of row values, at the end of a row.
  mutating func printRowEnd(into writer: inout CWriter) {
    printSinks(.row, nil, into: &writer)
    printStores(.row, nil, into: &writer)
  }

  private mutating func printSinks(_ level: Level, _ phase: Int?, into writer: inout CWriter) {
    for sink in form.kernel.sinks where sink.level == level && phase.map({ phases.phase(sink.operand) == $0 }) ?? true {
      if let id = sink.operand.local, destinations.inlineSinks[id] != nil { continue }
      load([sink.operand], phase: phase ?? -1, into: &writer)
      accumulate(sink, operand(sink.operand, level), into: &writer)
    }
  }

  mutating func accumulate(_ sink: Sink, _ value: CExpression, into writer: inout CWriter) {
    let target = sinkText(sink, column: sink.level == .full ? column : nil)
    if case .rows(_, let classes, let count) = sink.target {
      if count == 1 { return writer.line("\(target) += \(chosen(value.text, by: classes).text);") }
      return writer.line("if (\(isRow(classes, of: count))) \(target) += \(value.text);")
    }
    writer.line(accumulation(sink, target, value))
  }

  /// The line that takes a value into a sum or the like.
  mutating func accumulation(_ sink: Sink, _ target: String, _ value: CExpression) -> String {
    switch sink.kind {
    case .sum: "\(target) += \(value.text);"
    case .max, .min, .argmax: "\(target) = \(expressions.call("nn_\(sink.kind.rawValue)", [target, value.text]).text);"
    }
  }

  /// Where the rows at hand are summed up.
  func sinkText(_ sink: Sink, column: String?) -> String {
    sums.map { "\(ChunkSums.part)[\($0.index(sink, column: column))]" } ?? targetText(sink, column: column)
  }

  /// Where the sum over all rows goes.
  func targetText(_ sink: Sink, column: String?) -> String {
    switch sink.target {
    case .scalar(let id): "*\(scope.target(id))"
    case .memory(let access): "\(scope.pointer(access))[\(scope.index(access, row: nil, column: column))]"
    case .rows(let access, let classes, let count):
      "\(scope.pointer(access))[\(scope.index(access, row: named(classes, of: count), column: column))]"
    }
  }

  private mutating func printStores(_ level: Level, _ phase: Int?, into writer: inout CWriter) {
    for line in destinations.lines where line.store.level == level && phase.map({ $0 == line.phase }) ?? true {
      load([line.store.operand], phase: phase ?? -1, into: &writer)
      let value = operand(line.store.operand, level).text
      writer.line("\(place(line.store.target, level)) = \(value);")
    }
  }

  func place(_ access: Access, _ level: Level) -> String {
    "\(scope.pointer(access))[\(scope.index(access, row: row, column: level == .full ? column : nil))]"
  }
}
