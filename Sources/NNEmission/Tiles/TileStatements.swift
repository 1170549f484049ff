import NNAssembly
import NNGraph
import NNSchedule

/// Turns the statements of a strip into calls on tiles. Scratch tiles are handed out as values come up and taken back after their last use, so that
/// thousands of statements need few of them.
struct TileStatements {
  let form: KernelForm
  let space: TileScope
  private let stores: DirectStores
  private let sums: ChunkSums?
  private let prefix: String
  private let constantsName: String
  private(set) var constants: ConstantTable
  private(set) var used: Set<String> = []
  private(set) var full = TilePool()
  private(set) var row = TilePool()
  private var tiles: [Int: Int] = [:]
  private(set) var levels: [Int: Level] = [:]
  private var remaining: [Int: Int] = [:]
  /// Inside the loop over columns a row tile is read again in the next round, so none may be given back before its end.
  private var isLooping = false
  private var kept: [Int] = []
  /// Reductions along rows whose sum is only there after the loop over columns.
  private var unfinished: [Int] = []
  var writer: CWriter

  /// What a part of an expression came out as.
  enum Source {
    case operand(Operand)
    case temporary(Int)
  }

  enum Destination {
    case value(Int)
    case temporary
  }

  init(
    _ form: KernelForm, _ space: TileScope, _ stores: DirectStores, _ sums: ChunkSums?, constants: ConstantTable, writer: CWriter
  ) {
    self.form = form
    self.space = space
    self.stores = stores
    self.sums = sums
    self.constants = constants
    self.writer = writer
    prefix = "nn_\(space.scope.program.precision.rawValue)_"
    constantsName = space.scope.program.names.constants
    countUses()
    if form.kernel.product != nil { levels[0] = form.isVector ? .row : .full }
  }

  private mutating func countUses() {
    for statement in form.kernel.statements {
      levels[statement.id] = statement.level
      for (index, count) in statement.readCounts {
        if let id = statement.operands[index].local { remaining[id, default: 0] += count }
      }
    }
    for operand in form.kernel.sinks.map(\.operand) + stores.remaining.map(\.operand) {
      if let id = operand.local { remaining[id, default: 0] += 1 }
    }
  }

  // MARK: Values and their tiles

  private func name(_ tile: Int, _ level: Level) -> String { (level == .full ? "t" : "v") + "\(tile)" }

  /// Where the value with this id is to be put.
  mutating func target(_ id: Int, _ level: Level) -> TileTarget {
    if let home = stores.homes[id] { return space.target(home, level) }
    if id == 0, space.results != nil { return space.tile(ProductResults.name, level) }
    if let known = tiles[id] { return space.tile(name(known, level), level) }
    let tile = take(level)
    tiles[id] = tile
    return space.tile(name(tile, level), level)
  }

  mutating func take(_ level: Level) -> Int { level == .full ? full.take() : row.take() }

  mutating func give(_ tile: Int, _ level: Level) {
    if level == .full {
      full.give(tile)
    } else if isLooping {
      kept.append(tile)
    } else {
      row.give(tile)
    }
  }

  /// A value of which nobody reads more gives its tile back.
  private mutating func release(_ id: Int) {
    guard remaining[id, default: 0] <= 0, let tile = tiles[id], let level = levels[id] else { return }
    tiles[id] = nil
    give(tile, level)
  }

  private mutating func consume(_ operand: Operand) {
    guard let id = operand.local else { return }
    remaining[id, default: 0] -= 1
    release(id)
  }

  func operand(_ operand: Operand, _ level: Level) -> TileOperand {
    switch operand {
    case .memory(let access), .index(let access): return space.operand(access, level)
    case .scalar(let id): return TileOperand(pointer: "&" + space.scope.scalar(id), row: "0", column: "0")
    case .constant: return TileOperand(pointer: "0", row: "0", column: "0")
    case .local(let id):
      let own = levels[id] ?? level
      if let home = stores.homes[id] { return own == level ? space.operand(home, level) : space.spread(home) }
      let results = id == 0 ? space.results : nil
      let tile = results?.place ?? name(tiles[id] ?? 0, own)
      if own != level { return TileOperand(pointer: tile, row: "1", column: "0") }
      return level == .full ? TileOperand(pointer: tile, row: space.columns, column: "1") : space.vector(tile, stride: 1)
    }
  }

  mutating func operand(_ source: Source, _ level: Level) -> TileOperand {
    switch source {
    case .temporary(let tile):
      let name = name(tile, level)
      return level == .full ? TileOperand(pointer: name, row: space.columns, column: "1") : space.vector(name, stride: 1)
    case .operand(.constant(let value)):
      return TileOperand(pointer: "\(constantsName) + \(constants.index(of: value))", row: "0", column: "0")
    case .operand(let operand): return self.operand(operand, level)
    }
  }

  // MARK: Calls

  mutating func call(_ function: String, _ arguments: String...) {
    used.insert(function)
    writer.line("\(prefix)\(function)(\(arguments.joined(separator: ", ")));")
  }

  mutating func call(_ loop: VectorLoop, _ arguments: [String]) {
    used.insert(String(loop.name.dropFirst(prefix.utf8.count)))
    writer.line("\(loop.name)(\(arguments.joined(separator: ", ")));")
  }

  mutating func note(_ functions: Set<String>) { used.formUnion(functions) }

  mutating func consume(_ source: Source, _ level: Level) {
    switch source {
    case .operand(let operand): consume(operand)
    case .temporary(let tile): level == .full ? full.give(tile) : row.give(tile)
    }
  }

  mutating func target(_ destination: Destination, _ level: Level) -> (TileTarget, Source) {
    switch destination {
    case .value(let id): return (target(id, level), .operand(.local(id)))
    case .temporary:
      let tile = take(level)
      return (space.tile(name(tile, level), level), .temporary(tile))
    }
  }

  mutating func apply(_ function: String, _ sources: [Source], _ destination: Destination, _ level: Level) -> Source {
    let operands = sources.map { operand($0, level).text }.joined(separator: ", ")
    for source in sources { consume(source, level) }
    let (target, result) = target(destination, level)
    call(function, target.text, operands, space.extents(level))
    return result
  }

  // MARK: Statements

  mutating func emit(_ statement: Statement) {
    switch statement.kind {
    case .compute(let expression): compute(expression, statement)
    case .draw(let distribution, let site, let perExample, let isBatched):
      let count = isBatched ? max(perExample, 1) : 1 << 62
      let target = target(statement.id, statement.level)
      call(
        distribution.rawValue, target.text, "stream", "\(site)u", linearIndex(statement.level), rowStep(statement.level), "\(count)",
        space.extents(statement.level))
    case .reduce(let kind): accumulate(kind, statement)
    case .gather(let stride, let count): gather(statement, stride: stride, count: count)
    }
    if isLooping, statement.isReduction {
      release(statement.id)
      unfinished.append(statement.id)
    } else {
      finish(statement.id, statement.level)
    }
  }

  /// Hands a value that has just been made to its sinks, but for those that have it.
  mutating func finish(_ id: Int, _ level: Level, summed: [Sink] = []) {
    release(id)
    emitSinks(of: id, level, summed: summed)
  }

  /// A sink takes its value as soon as it is there.
  mutating func emitSinks(of id: Int, _ level: Level, summed: [Sink] = []) {
    for sink in form.kernel.sinks where sink.operand == .local(id) && sink.level == level && !summed.contains(sink) { emit(sink) }
  }

  /// Sinks of what no statement of their level computes.
  mutating func emitOtherSinks(_ level: Level) {
    for sink in form.kernel.sinks where sink.level == level {
      if let id = sink.operand.local, levels[id] == level { continue }
      emit(sink)
    }
  }

  mutating func emitStores(_ level: Level) {
    for store in stores.remaining where store.level == level { emit(store) }
  }

  private mutating func compute(_ expression: ScalarExpression, _ statement: Statement) {
    let source = evaluate(expression, statement, .value(statement.id))
    if case .operand(.local(statement.id)) = source { return }
    // The expression is just an operand: it is copied.
    _ = apply("copy", [source], .value(statement.id), statement.level)
  }

  /// Prepares a row value that is accumulated over the tiles of its row.
  mutating func begin(_ statement: Statement) {
    guard case .reduce(let kind) = statement.kind, kind != .argmax else { return }
    let target = target(statement.id, .row)
    call("fill", target.text, number(kind.start), "1, \(space.rows)")
  }

  private mutating func accumulate(_ kind: ReductionKind, _ statement: Statement) {
    if form.wholeRows || form.isVector { begin(statement) }
    let source = statement.operands[0]
    let operand = operand(.operand(source), .full)
    let target = target(statement.id, .row)
    call("row_\(kind.rawValue)", target.pointer, operand.text, space.extents(.full))
    consume(source)
  }

  // MARK: Sinks and stores

  /// Functions that print a number which has no literal.
  private(set) var usedNumbers: Set<String> = []

  mutating func number(_ value: Double) -> String {
    if NumberText.literal(value, space.scope.program.precision) == nil { usedNumbers.insert(value.isNaN ? "nn_nan" : "nn_infinity") }
    return space.scope.program.number(value).text
  }

  private mutating func emit(_ sink: Sink) {
    let source = operand(.operand(sink.operand), sink.level)
    let target = sinkPointer(sink)
    if sink.classes != nil {
      scatter(source, by: sink)
    } else if sink.level == .full {
      call("col_\(sink.kind.rawValue)", target, source.text, space.extents(.full))
    } else {
      call("col_\(sink.kind.rawValue)", target, "\(source.pointer), \(source.column), 1", "\(space.rows), 1")
    }
    consume(sink.operand)
  }

  func sinkPointer(_ sink: Sink) -> String {
    if let sums {
      return IndexText.pointer(ChunkSums.part, sums.index(sink, column: sink.level == .full ? space.column : nil))
    }
    return switch sink.target {
    case .scalar(let id): space.scope.target(id)
    case .memory(let access), .rows(let access, _, _):
      IndexText.pointer(space.scope.pointer(access), space.scope.index(access, row: nil, column: sink.level == .full ? space.column : nil))
    }
  }

  private mutating func emit(_ store: StoreStep) {
    let source = operand(.operand(store.operand), store.level)
    let step = store.level == .full ? store.target.column : store.target.row
    let target = space.target(store.target, store.level)
    if step == 1 {
      call("copy", target.text, source.text, space.extents(store.level))
    } else {
      let strides = store.level == .full ? "\(store.target.row), \(store.target.column)" : "0, \(store.target.row)"
      call("move", "\(target.pointer), \(strides)", source.text, space.extents(store.level))
    }
    consume(store.operand)
  }

  // MARK: The loop over columns

  mutating func openColumns(_ head: String, _ width: String) {
    isLooping = true
    writer.open(head)
    writer.line(width)
  }

  mutating func closeColumns() {
    writer.close()
    isLooping = false
    for id in unfinished { emitSinks(of: id, .row) }
    unfinished = []
    for tile in kept { row.give(tile) }
    kept = []
  }
}
