import NNAssembly
import NNGraph
import NNSchedule

/// Cuts a kernel's statements into vector loops, as long as there are registers for, and what has to be calls.
struct LoopChooser {
  enum Step {
    case statement(Statement)
    case loop(LoopDraft)
  }

  private let machine: VectorMachine
  private let element: VectorLoop.Element
  /// The statements that read a value.
  private var readers: [Int: Set<Int>] = [:]
  /// The values that sinks, stores and other memory need.
  private var stored: Set<Int> = []
  private var levels: [Int: Level] = [:]

  /// More instructions than these make no loop faster.
  private static let mostStatements = 40

  init(_ machine: VectorMachine, _ precision: Precision, _ form: KernelForm, _ stores: DirectStores) {
    self.machine = machine
    element = precision == .f32 ? .f32 : .f64
    for statement in form.kernel.statements {
      levels[statement.id] = statement.level
      for id in statement.operands.compactMap(\.local) { readers[id, default: []].insert(statement.id) }
    }
    stored = Set(form.kernel.sinks.compactMap(\.operand.local) + stores.remaining.compactMap(\.operand.local)).union(stores.homes.keys)
  }

  func steps(_ statements: [Statement]) -> [Step] {
    var result: [Step] = []
    var run: [Statement] = []
    for statement in statements {
      if let first = run.first, !statement.isArithmetic || first.level != statement.level {
        result += cut(run)
        run = []
      }
      if statement.isArithmetic { run.append(statement) } else { result.append(.statement(statement)) }
    }
    return result + cut(run)
  }

  /// As few loops as possible; mostly it is one.
  private func cut(_ run: [Statement]) -> [Step] {
    var result: [Step] = []
    var rest = run[...]
    while !rest.isEmpty {
      var group = Array(rest.prefix(Self.mostStatements))
      if !fits(group) { group = Array(rest.prefix(longestFitting(group))) }
      rest = rest.dropFirst(max(group.count, 1))
      result.append(group.isEmpty ? .statement(run[rest.startIndex - 1]) : .loop(draft(group)))
    }
    return result
  }

  /// How many of the first statements make a loop that there are registers for.
  private func longestFitting(_ group: [Statement]) -> Int {
    var count = 0
    while count < group.count && fits(Array(group.prefix(count + 1))) { count += 1 }
    return count
  }

  private func draft(_ group: [Statement]) -> LoopDraft {
    let own = Set(group.map(\.id))
    var draft = LoopDraft(level: group[0].level)
    for statement in group {
      let isStored = stored.contains(statement.id) || !readers[statement.id, default: []].isSubset(of: own)
      draft.append(statement, isStored: isStored)
    }
    return draft
  }

  private func fits(_ group: [Statement]) -> Bool {
    let draft = draft(group)
    let kinds = draft.inputs.map { kind($0, draft.level) }
    let loop = draft.loop(
      element, .rows, kinds: kinds + draft.outputs.map { _ in .write }, inputs: Array(kinds.indices),
      targets: draft.outputs.indices.map { kinds.count + $0 })
    return machine.fits(loop)
  }

  private func kind(_ operand: Operand, _ level: Level) -> VectorLoop.Stream {
    switch operand {
    case .scalar, .constant: .number
    case .local(let id): levels[id].map { $0 != level } == true ? .row : .read
    case .memory(let access), .index(let access):
      switch (level, access.row, access.column) {
      case (.full, 0, 0), (.row, 0, _): .number
      case (.full, _, 0): .row
      default: .read
      }
    }
  }
}
