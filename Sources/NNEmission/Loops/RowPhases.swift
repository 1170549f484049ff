import NNGraph
import NNSchedule

/// The passes over the columns of a row that the exported form of a kernel makes, one after each reduction that later ones wait for.
///
/// Where `isGrouped`, a pass is made over a group of rows before the next one. A function then has a loop of its own over all that the group has, which
/// fills vectors where a row does not, at the end of its pass; and very short rows are reduced side by side.
struct RowPhases {
  /// Rows of more columns are reduced one by one in any case.
  private static let mostTurned = 16

  /// When each value is computed: full values in the pass of that number, row values before it, and what has a loop of its own after it.
  private(set) var phases: [Int: Int] = [:]
  private(set) var count = 1
  /// Full values that a later pass, a reduction or a loop apart reads, or that such a loop computes: a row of them is kept.
  private(set) var kept: Set<Int> = []
  /// The functions with loops of their own.
  private(set) var apart: Set<Int> = []
  /// The reductions that are made for all rows of a group at once, before a pass.
  private(set) var reduced: Set<Int> = []
  /// Row values that are kept for all rows of a group.
  private(set) var keptRowValues: Set<Int> = []
  /// The pass in which each store may be done: its value is there, and no later pass reads what it overwrites.
  private(set) var storePhases: [Int] = []
  let isGrouped: Bool
  /// The statements of each pass.
  private var statements: [[Statement]] = []
  private let form: KernelForm
  private let levels: [Int: Level]

  init(_ form: KernelForm, isGrouped: Bool, overlap: (Region, Region) -> Bool) {
    self.form = form
    self.isGrouped = isGrouped
    levels = Dictionary(form.kernel.statements.map { ($0.id, $0.level) }) { first, _ in first }
    if form.kernel.product != nil { phases[0] = 0 }
    for statement in form.kernel.statements { place(statement) }
    statements = Array(repeating: [], count: count)
    for statement in form.kernel.statements { statements[phases[statement.id] ?? 0].append(statement) }
    placeStores(overlap)
    if isGrouped { keepRowValues() }
  }

  /// The statements of a pass.
  func statements(_ pass: Int) -> [Statement] { statements.indices.contains(pass) ? statements[pass] : [] }

  /// A store that has to wait for readers of what it overwrites finds its value in a row that was kept.
  private mutating func placeStores(_ overlap: (Region, Region) -> Bool) {
    let reads = form.kernel.statements.flatMap { statement in
      statement.operands.compactMap(\.access).map { (region: Region($0.buffer), phase: phases[statement.id] ?? 0) }
    }
    for store in form.kernel.stores {
      let target = Region(store.target.buffer)
      let phase = reads.reduce(phase(store.operand)) { $1.phase > $0 && overlap($1.region, target) ? $1.phase : $0 }
      storePhases.append(phase)
      if store.level == .full, let id = store.operand.local, isFull(id), phase != phases[id] { kept.insert(id) }
    }
  }

  private mutating func place(_ statement: Statement) {
    let locals = statement.operands.compactMap(\.local)
    let isApart = isGrouped && statement.isApart(levels, hasProduct: form.kernel.product != nil)
    if isApart { apart.insert(statement.id) }
    if isGrouped && statement.isKeptReduction && statement.kind != .reduce(.argmax) && form.kernel.columns <= Self.mostTurned {
      reduced.insert(statement.id)
    }
    let waits = statement.isKeptReduction && !locals.contains(where: apart.contains)
    phases[statement.id] = (locals.map(passAfter).max() ?? 0) + (waits ? 1 : 0)
    count = max(count, passAfter(statement.id) + 1)
    for id in locals where isFull(id) {
      if statement.isKeptReduction || isApart || phases[id] != phases[statement.id] { kept.insert(id) }
    }
    if isApart && isFull(statement.id) { kept.insert(statement.id) }
  }

  /// The first pass that may read a value beside its own statement.
  private func passAfter(_ id: Int) -> Int { (phases[id] ?? 0) + (apart.contains(id) ? 1 : 0) }

  private mutating func keepRowValues() {
    for pass in 0..<count { keptRowValues.formUnion(rowReads(pass)) }
    for statement in form.kernel.statements where apart.contains(statement.id) && statement.level == .row {
      keptRowValues.formUnion([statement.id] + statement.operands.compactMap(\.local))
    }
  }

  /// Row values that a pass over the rows finds kept.
  func rowReads(_ pass: Int) -> [Int] {
    let last = count - 1
    var reads = statements(pass).filter { !apart.contains($0.id) }.flatMap { $0.operands.compactMap(\.local) }
    reads += form.kernel.sinks.filter { ($0.level == .full ? phase($0.operand) : last) == pass }.compactMap(\.operand.local)
    for (store, phase) in zip(form.kernel.stores, storePhases) where (store.level == .full ? phase : last) == pass {
      if let id = store.operand.local { reads.append(id) }
    }
    return Set(reads).filter { !isFull($0) && (phases[$0] != pass || isOfGroup($0)) }.sorted()
  }

  /// Whether a value has an element for each column; the product has no statement.
  func isFull(_ id: Int) -> Bool { levels[id].map { $0 == .full } ?? !form.isVector }

  /// Whether a value is computed for all rows of a group at once.
  func isOfGroup(_ id: Int) -> Bool { apart.contains(id) || reduced.contains(id) }

  /// Whether a loop of a function's own reads or writes a value.
  func isBesideLoops(_ id: Int) -> Bool {
    apart.contains(id)
      || form.kernel.statements.contains { apart.contains($0.id) && $0.operands.contains { $0.local == id } }
  }

  func phase(_ operand: Operand) -> Int { operand.local.map(passAfter) ?? 0 }
}

extension KernelForm {
  /// Functions of few vectors, of which the last is partly empty, or of more where columns are left that compilers go through one by one.
  private static let fewColumns = 2...40
  private static let mostUneven = 200
  private static let evenColumns = 8
  /// Rows that are reduced: whoever reads what was written just now in other pieces waits for it. Programs for one example at a time may run where memory
  /// is short, and keep one such row.
  private static let mostReduced = 128

  /// Whether all rows of a group make a pass before the next pass begins.
  func isGrouped(batch: Int, _ overlaps: (Region, Region) -> Bool) -> Bool {
    let columns = kernel.columns
    guard !isVector && kernel.rows != Extent(1) && hasIndependentElements(overlaps) && !kernel.sinks.contains(where: \.isScatter) else {
      return false
    }
    let levels = Dictionary(uniqueKeysWithValues: kernel.statements.map { ($0.id, $0.level) })
    let isUneven = Self.fewColumns.contains(columns) || columns <= Self.mostUneven && columns % Self.evenColumns != 0
    return kernel.statements.contains { statement in
      isUneven && statement.level == .full && statement.isApart(levels, hasProduct: kernel.product != nil)
        || batch > 1 && columns <= Self.mostReduced && statement.isKeptReduction
    }
  }
}

extension Statement {
  /// Whether it reduces a row that has to be written first.
  fileprivate var isKeptReduction: Bool { isReduction && operands.first?.local != nil }

  /// Whether this is a function of nothing but what other statements compute.
  fileprivate func isApart(_ levels: [Int: Level], hasProduct: Bool) -> Bool {
    guard case .compute(let expression) = kind, expression.isFunction, !(hasProduct && operands.contains(.local(0))) else { return false }
    let locals = operands.compactMap(\.local)
    return !locals.isEmpty && locals.allSatisfy { levels[$0] == level } && operands.allSatisfy { $0.access == nil }
  }
}

extension ScalarExpression {
  private static let functions: Set<UnaryPrimitive> = [.exp, .log, .expm1, .log1p, .sin, .cos, .tanh, .sigmoid, .erf]

  /// Whether it is one call of a function that takes long, on operands.
  fileprivate var isFunction: Bool {
    switch self {
    case .unary(let primitive, .input): Self.functions.contains(primitive)
    case .binary(.pow, .input, .input), .binary(.pow, .constant, .input), .binary(.pow, .input, .constant): true
    default: false
    }
  }
}
