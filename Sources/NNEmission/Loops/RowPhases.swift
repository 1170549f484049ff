import NNSchedule

/// The passes over the columns of a row that the exported form of a kernel makes, one after each reduction that later ones wait for.
struct RowPhases {
  /// When each value is there: full values in the pass of that number, row values before it.
  private(set) var phases: [Int: Int] = [:]
  private(set) var count = 1
  /// Full values that a later pass or a reduction reads, so that a row of them is kept.
  private(set) var kept: Set<Int> = []
  private let form: KernelForm
  private let levels: [Int: Level]

  init(_ form: KernelForm, overlap: (Region, Region) -> Bool) {
    self.form = form
    levels = Dictionary(form.kernel.statements.map { ($0.id, $0.level) }) { first, _ in first }
    if form.kernel.product != nil { phases[0] = 0 }
    for statement in form.kernel.statements { place(statement) }
    for store in form.kernel.stores where store.level == .full { keepUntilStored(store, overlap) }
  }

  /// A store that has to wait for readers of what it overwrites finds its value in a row that was kept.
  private mutating func keepUntilStored(_ store: StoreStep, _ overlap: (Region, Region) -> Bool) {
    if let id = store.operand.local, isFull(id), phase(store, overlap: overlap) != phases[id] { kept.insert(id) }
  }

  private mutating func place(_ statement: Statement) {
    let phase = statement.operands.compactMap(\.local).map { phases[$0] ?? 0 }.max() ?? 0
    let isKeptReduction = statement.isReduction && statement.operands.first?.local != nil
    phases[statement.id] = isKeptReduction ? phase + 1 : phase
    count = max(count, (phases[statement.id] ?? 0) + 1)
    for id in statement.operands.compactMap(\.local) where isFull(id) {
      if isKeptReduction || phases[id] != phases[statement.id] { kept.insert(id) }
    }
  }

  /// Whether a value has an element for each column; the product has no statement.
  func isFull(_ id: Int) -> Bool { levels[id].map { $0 == .full } ?? !form.isVector }

  func phase(_ operand: Operand) -> Int { operand.local.flatMap { phases[$0] } ?? 0 }

  /// The pass in which a store may be done: its value is there, and no later pass reads what it overwrites.
  func phase(_ store: StoreStep, overlap: (Region, Region) -> Bool) -> Int {
    var result = phase(store.operand)
    let target = Region(store.target.buffer)
    for statement in form.kernel.statements {
      let reads = statement.operands.compactMap(\.access).contains { overlap(Region($0.buffer), target) }
      if reads { result = max(result, phases[statement.id] ?? 0) }
    }
    return result
  }
}
