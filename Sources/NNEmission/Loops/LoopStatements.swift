import NNGraph
import NNSchedule

/// Prints the statements of a kernel for one row: as C declarations inside loops over its columns, one loop for each pass.
struct LoopStatements {
  let form: KernelForm
  let phases: RowPhases
  let stores: DirectStores
  var scope: KernelScope
  var expressions: ExpressionPrinter
  /// The text of the counters; nil where there is just one row or column.
  let row: String?
  let column: String?
  /// The first row of the strip and the tile that hold a product, and where the block begins that kept rows cover.
  var productTile: (name: String, row: String?)?
  var blockStart: String?
  private let names: [Int: String]
  private let keptNames: [Int: String]
  private let destinations: LoopDestinations
  /// The pass at hand, and full values that it has loaded.
  private var loaded: Set<Int> = []
  private var keyCount = 0

  init(_ form: KernelForm, _ phases: RowPhases, _ stores: DirectStores, _ scope: KernelScope, row: String?, column: String?) {
    self.form = form
    self.phases = phases
    self.stores = stores
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
    self.scope = scope
    expressions = ExpressionPrinter(scope.program)
    destinations = LoopDestinations(form, phases, stores, overlap: scope.entry.overlap)
  }

  private var real: String { scope.program.real }

  // MARK: Kept rows

  /// Full values that need a row of scratch memory: those that no store keeps anyway.
  var scratchRows: [(id: Int, name: String)] {
    keptNames.keys.sorted().filter { destinations.homes[$0] == nil }.compactMap { id in keptNames[id].map { (id, $0) } }
  }

  /// The row that a reduction walks: a pointer and a stride.
  private func keptRow(_ operand: Operand) -> (pointer: String, step: Int) {
    switch operand {
    case .memory(let access):
      return (IndexText.pointer(scope.pointer(access), scope.index(access, row: row, column: blockStart)), access.column)
    case .local(0) where form.kernel.product != nil:
      return productRow
    case .local(let id):
      if let home = destinations.homes[id] {
        return (IndexText.pointer(scope.pointer(home), scope.index(home, row: row, column: blockStart)), home.column)
      }
      return (keptNames[id] ?? "", 1)
    case .index, .scalar, .constant: preconditionFailure("internal: a reduction of what has no columns")
    }
  }

  private var productRow: (pointer: String, step: Int) {
    let text = productIndex(column: nil)
    return (IndexText.pointer(text.name, text.index), 1)
  }

  /// Where the product's value lies: in the memory it is stored to, or in the tile of the strip.
  private func productIndex(column: String?) -> (name: String, index: String) {
    if let home = stores.homes[0] { return (scope.pointer(home), scope.index(home, row: row, column: column)) }
    guard let tile = productTile else { return ("", "0") }
    let strip = row.map { row in tile.row.map { "\(row) - \($0)" } ?? row }
    return (tile.name, IndexText.sum(0, [(form.kernel.columns, strip), (1, form.isVector ? nil : column)]))
  }

  // MARK: Operands

  private mutating func operand(_ operand: Operand, _ level: Level) -> CExpression {
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
      let place = productIndex(column: column)
      return "\(place.name)[\(place.index)]"
    }
    if let home = destinations.homes[id] { return "\(scope.pointer(home))[\(scope.index(home, row: row, column: column))]" }
    return "\(keptNames[id] ?? "")[\(keptColumn)]"
  }

  // MARK: Passes

  /// The row statements that are there before pass `phase`.
  mutating func printRowStatements(_ phase: Int, into writer: inout CWriter) {
    // In a kernel of one column all statements are row statements, and the product is read as one of them.
    loaded = []
    for statement in form.kernel.statements where statement.level == .row && phases.phases[statement.id] == phase {
      if !statement.isReduction { load(statement.operands, phase: phase, into: &writer) }
      print(statement, into: &writer)
    }
  }

  /// Whether anything is left to do once the product is there.
  var hasWork: Bool { !form.kernel.statements.isEmpty || !form.kernel.sinks.isEmpty || !destinations.lines.isEmpty }

  func hasColumns(_ phase: Int) -> Bool {
    form.kernel.statements.contains { $0.level == .full && phases.phases[$0.id] == phase }
      || form.kernel.sinks.contains { $0.level == .full && phases.phase($0.operand) == phase }
      || destinations.lines.contains { $0.store.level == .full && $0.phase == phase }
  }

  /// What pass `phase` does for one element.
  mutating func printColumn(_ phase: Int, into writer: inout CWriter) {
    loaded = []
    for statement in form.kernel.statements where statement.level == .full && phases.phases[statement.id] == phase {
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

  private mutating func accumulate(_ sink: Sink, _ value: CExpression, into writer: inout CWriter) {
    let target = sinkText(sink, column: sink.level == .full ? column : nil)
    switch sink.kind {
    case .sum: writer.line("\(target) += \(value.text);")
    case .max, .min, .argmax: writer.line("\(target) = \(expressions.call("nn_\(sink.kind.rawValue)", [target, value.text]).text);")
    }
  }

  func sinkText(_ sink: Sink, column: String?) -> String {
    switch sink.target {
    case .scalar(let id): "*\(scope.target(id))"
    case .memory(let access): "\(scope.pointer(access))[\(scope.index(access, row: nil, column: column))]"
    }
  }

  private mutating func printStores(_ level: Level, _ phase: Int?, into writer: inout CWriter) {
    for line in destinations.lines where line.store.level == level && phase.map({ $0 == line.phase }) ?? true {
      load([line.store.operand], phase: phase ?? -1, into: &writer)
      let value = operand(line.store.operand, level).text
      writer.line("\(place(line.store.target, level)) = \(value);")
    }
  }

  private func place(_ access: Access, _ level: Level) -> String {
    "\(scope.pointer(access))[\(scope.index(access, row: row, column: level == .full ? column : nil))]"
  }
}

extension LoopStatements {
  // MARK: Statements

  private mutating func print(_ statement: Statement, into writer: inout CWriter) {
    if case .reduce(let kind) = statement.kind {
      if blockStart == nil || statement.operands[0].local == nil { printReduction(kind, statement, into: &writer) }
      return
    }
    let value = value(statement, into: &writer)
    if let sink = destinations.inlineSinks[statement.id] {
      accumulate(sink, value, into: &writer)
      return
    }
    if let store = destinations.inlineStores[statement.id] {
      writer.line("\(place(store.target, store.level)) = \(value.text);")
      return
    }
    let name = names[statement.id] ?? ""
    guard let kept = keptNames[statement.id], destinations.homes[statement.id] == nil else {
      writer.line("const \(real) \(name) = \(value.text);")
      return
    }
    if destinations.uses[statement.id] == 1 {
      writer.line("\(kept)[\(keptColumn)] = \(value.text);")
    } else {
      writer.line("const \(real) \(name) = \(value.text);")
      writer.line("\(kept)[\(keptColumn)] = \(name);")
    }
  }

  /// The column of an element in a kept row.
  private var keptColumn: String { blockStart.map { "\(column ?? "0") - \($0)" } ?? column ?? "0" }

  private mutating func printReduction(_ kind: ReductionKind, _ statement: Statement, into writer: inout CWriter) {
    writer.line("const \(real) \(names[statement.id] ?? "") = \(reduction(kind, statement, count: "\(form.kernel.columns)"));")
  }

  private mutating func reduction(_ kind: ReductionKind, _ statement: Statement, count: String) -> String {
    let saved = blockStart
    if statement.operands[0].local == nil { blockStart = nil }
    let source = keptRow(statement.operands[0])
    blockStart = saved
    let call = expressions.call("nn_\(kind.rawValue)_row", [source.pointer, "\(source.step)", count])
    return kind == .argmax ? expressions.cast(call).text : call.text
  }

  /// Rows that are worked on block by block: what is accumulated over the blocks.
  var blockedReductions: [Statement] { form.reductions.filter { $0.operands[0].local != nil } }

  mutating func beginBlocks(into writer: inout CWriter) {
    for case let statement in blockedReductions {
      guard case .reduce(let kind) = statement.kind else { continue }
      writer.line("\(real) \(names[statement.id] ?? "") = \(expressions.number(kind.start).text);")
    }
  }

  mutating func endBlock(count: String, into writer: inout CWriter) {
    for statement in blockedReductions {
      guard case .reduce(let kind) = statement.kind, let name = names[statement.id] else { continue }
      let part = reduction(kind, statement, count: count)
      writer.line(kind == .sum ? "\(name) += \(part);" : "\(name) = \(expressions.call("nn_\(kind.rawValue)", [name, part]).text);")
    }
  }

  private mutating func value(_ statement: Statement, into writer: inout CWriter) -> CExpression {
    switch statement.kind {
    case .compute(let expression):
      let operands = statement.operands.map { operand($0, statement.level) }
      let coordinates = statement.shape.dimensions.indices.map { coordinate($0, statement) }
      return expressions.print(expression, operands) { coordinates[$0] }
    case .draw(let distribution, let site, let perExample, let isBatched):
      return draw(distribution, site, perExample: isBatched ? max(perExample, 1) : nil, statement, into: &writer)
    case .reduce: preconditionFailure("internal: a reduction is no element")
    }
  }

  private func linearIndex(_ statement: Statement) -> String {
    let isFull = statement.level == .full
    return scope.linearIndex(form.kernel, row: row, column: isFull ? column : nil, columns: isFull ? form.kernel.columns : 1)
  }

  /// The place along an axis. The number of elements after it and its own often are those of the columns, which makes it short.
  private func coordinate(_ axis: Int, _ statement: Statement) -> CExpression {
    let inner = max(statement.shape.dimensions.dropFirst(axis + 1).reduce(1, *), 1)
    let extent = max(statement.shape[axis], 1)
    let isFull = statement.level == .full
    let columns = form.kernel.columns
    let isWithinRow = isFull && columns % (inner * extent) == 0
    let linear = isWithinRow ? column ?? "0" : linearIndex(statement)
    var text = CExpression(linear, linear.utf8.allSatisfy(CIdentifier.isPart) ? .primary : .sum)
    if inner > 1 { text = text.joined("/", CExpression("\(inner)", .primary), .product) }
    let isWhole =
      isWithinRow ? columns == inner * extent : form.kernel.outer.isEmpty && form.kernel.rows == Extent(inner * extent) && !isFull
    return isWhole ? text : text.joined("%", CExpression("\(extent)", .primary), .product)
  }

  private mutating func draw(
    _ distribution: Distribution, _ site: Int, perExample: Int?, _ statement: Statement, into writer: inout CWriter
  ) -> CExpression {
    let linear = linearIndex(statement)
    var (key, element) = ("stream", linear)
    if let perExample {
      let isRow = statement.level == .full && form.kernel.columns == perExample && form.kernel.outer.isEmpty
      let example = isRow ? row ?? "0" : perExample == 1 ? linear : "(\(linear)) / \(perExample)"
      element = isRow ? column ?? "0" : perExample == 1 ? "0" : "(\(linear)) % \(perExample)"
      key = nextKey()
      writer.line("const unsigned long long \(key) = stream + \(Self.cast("unsigned long long", example));")
    }
    return expressions.call(
      "nn_\(distribution.rawValue)_at", ["(unsigned)\(key)", "(unsigned)(\(key) >> 32)", "\(site)u", Self.cast("unsigned", element)])
  }

  private static func cast(_ type: String, _ text: String) -> String {
    text.utf8.allSatisfy(CIdentifier.isPart) ? "(\(type))\(text)" : "(\(type))(\(text))"
  }

  private mutating func nextKey() -> String {
    keyCount += 1
    return scope.names.numbered("key")
  }
}
