import NNSchedule

/// Where the values of a kernel go when it is printed as loops, and in which pass.
struct LoopDestinations {
  /// A store that is a line of its own.
  struct Line {
    var store: StoreStep
    var phase: Int
  }

  private(set) var lines: [Line] = []
  /// Memory that keeps a full value for later passes, since it is stored there in its own pass.
  private(set) var homes: [Int: Access] = [:]
  /// Values whose only reader is a store or a sink of their own pass: they are printed there.
  private(set) var inlineStores: [Int: StoreStep] = [:]
  private(set) var inlineSinks: [Int: Sink] = [:]
  /// How often each value is read.
  private(set) var uses: [Int: Int] = [:]

  init(_ form: KernelForm, _ phases: RowPhases, _ direct: DirectStores) {
    countUses(form)
    let statements = Dictionary(form.kernel.statements.map { ($0.id, $0) }) { first, _ in first }
    for sink in form.kernel.sinks {
      guard let id = sink.operand.local, let statement = statements[id], statement.level == sink.level, isLone(statement, phases) else {
        continue
      }
      inlineSinks[id] = sink
    }
    for (store, phase) in zip(form.kernel.stores, phases.storePhases) {
      let id = store.operand.local
      let isOwnPass = id.map { phases.phases[$0] == phase } ?? false
      if let id, isOwnPass, homes[id] == nil, store.level == .full, store.target.column == 1, !phases.isBesideLoops(id) {
        homes[id] = store.target
      }
      if let id, isOwnPass, let statement = statements[id], statement.level == store.level, direct.homes[id] == store.target,
        isLone(statement, phases)
      {
        inlineStores[id] = store
      } else if !(id == 0 && form.kernel.product != nil && direct.homes[0] == store.target) {
        lines.append(Line(store: store, phase: phase))
      }
    }
  }

  private mutating func countUses(_ form: KernelForm) {
    for statement in form.kernel.statements {
      for (index, count) in statement.readCounts { if let id = statement.operands[index].local { uses[id, default: 0] += count } }
    }
    for operand in form.kernel.sinks.map(\.operand) + form.kernel.stores.map(\.operand) {
      if let id = operand.local { uses[id, default: 0] += 1 }
    }
  }

  private func isLone(_ statement: Statement, _ phases: RowPhases) -> Bool {
    uses[statement.id] == 1 && !phases.kept.contains(statement.id) && !phases.keptRowValues.contains(statement.id) && !statement.isReduction
  }

  func isInlined(_ id: Int) -> Bool { inlineStores[id] != nil || inlineSinks[id] != nil }
}
