import NNAssembly
import NNGraph
import NNSchedule

/// Cuts a kernel's statements into vector loops, as long as there are registers for, and what has to be calls.
struct LoopChooser {
  enum Step {
    case statement(Statement)
    case loop(LoopDraft)
  }

  private let kind: LoopKind
  /// The statements that read a value.
  private var readers: [Int: Set<Int>] = [:]
  /// The values that stores need, other memory, and sinks that add nothing up in a register.
  private var stored: Set<Int> = []
  private var levels: [Int: Level] = [:]
  /// The sums that a value is added to while it is in a register, by its id.
  private var sums: [Int: [Sink]] = [:]

  /// More than these make no loop faster, and names too long.
  private static let mostStatements = 40

  init(_ kind: LoopKind, _ form: KernelForm, _ stores: DirectStores) {
    self.kind = kind
    for statement in form.kernel.statements {
      levels[statement.id] = statement.level
      for id in statement.readLocals { readers[id, default: []].insert(statement.id) }
    }
    stored = Set(stores.remaining.compactMap(\.operand.local)).union(stores.homes.keys)
    for sink in form.kernel.sinks {
      guard let id = sink.operand.local else { continue }
      if kind.sumsColumns && sink.isSumOfColumns && levels[id] == .full { sums[id, default: []].append(sink) } else { stored.insert(id) }
    }
  }

  func steps(_ statements: [Statement]) -> [Step] {
    var result: [Step] = []
    var run: [Statement] = []
    for statement in statements {
      if let first = run.first, !kind.arithmetic.includes(statement) || first.level != statement.level {
        result += cut(run)
        run = []
      }
      if kind.arithmetic.includes(statement) { run.append(statement) } else { result.append(.statement(statement)) }
    }
    return result + cut(run)
  }

  /// As few loops as possible; mostly it is one.
  private func cut(_ run: [Statement]) -> [Step] {
    var result: [Step] = []
    var rest = run[...]
    while let first = rest.first {
      let draft = fitting(rest.prefix(Self.mostStatements)) ?? longestFitting(rest.prefix(Self.mostStatements))
      rest = rest.dropFirst(max(draft?.statements.count ?? 0, 1))
      result.append(draft.map { .loop($0) } ?? .statement(first))
    }
    return result
  }

  /// The first statements that make a loop, as many as there are registers for.
  private func longestFitting(_ group: ArraySlice<Statement>) -> LoopDraft? {
    var (least, most) = (0, group.count)
    var longest: LoopDraft?
    while most - least > 1 {
      let middle = (least + most) / 2
      if let draft = fitting(group.prefix(middle)) {
        (least, longest) = (middle, draft)
      } else {
        most = middle
      }
    }
    return longest
  }

  /// The loop of these statements, if it fits.
  private func fitting(_ group: ArraySlice<Statement>) -> LoopDraft? {
    guard let level = group.first?.level else { return nil }
    let own = Set(group.map(\.id))
    var draft = LoopDraft(level: level, isPartOfVector: level == .full && kind.isPartOfVector)
    for statement in group {
      let isStored = stored.contains(statement.id) || !readers[statement.id, default: []].isSubset(of: own)
      draft.append(statement, isStored: isStored, sums: sums[statement.id] ?? [])
    }
    if kind.readsColumnsOnce && level == .full {
      draft.readsColumnsOnce = true
      let loop = loop(draft)
      if loop.streams.contains(.column) && kind.machine.fitsTwice(loop) { return draft }
      draft.readsColumnsOnce = false
    }
    let loop = loop(draft)
    // With one vector at a time functions wait for their own steps, where there is more than that to do, and wide rows are asked for in small pieces.
    let needsTwo = loop.hasFunctions && !kind.isShort || !draft.sums.isEmpty && !kind.isNarrow
    return (needsTwo ? kind.machine.fitsTwice(loop) : kind.machine.fits(loop)) ? draft : nil
  }

  /// With an array for each operand and each value that is stored.
  private func loop(_ draft: LoopDraft) -> VectorLoop {
    let kinds = draft.inputs.map { $0.stream(in: draft, levels: levels) }
    let targets = draft.outputs.indices.map { kinds.count + $0 }
    return draft.loop(
      kind.element, .rows, kinds: kinds + draft.outputs.map { _ in .write } + draft.sums.map { _ in .sum }, inputs: Array(kinds.indices),
      targets: targets, sums: draft.sums.indices.map { kinds.count + targets.count + $0 })
  }
}

extension Sink {
  /// Whether there is one for each column, and they are neighbours.
  fileprivate var isSumOfColumns: Bool {
    guard kind == .sum, level == .full, case .memory(let access) = target else { return false }
    return access.column == 1
  }
}
