/// Finds buffers that a kernel may overwrite with its result: read for the last time, element for element, before the result is there.
struct InPlace {
  private let steps: [Step]
  private let slots: [MemoryPlan.Slot]

  init(_ steps: [Step], _ slots: [MemoryPlan.Slot]) {
    self.steps = steps
    self.slots = slots
  }

  /// By the slot that is born, the slot that dies.
  func sharing() -> [Int: Int] {
    var sharing: [Int: Int] = [:]
    var taken: Set<Int> = []
    for (index, step) in steps.enumerated() {
      guard case .kernel(let kernel) = step else { continue }
      let reads = SlotReads(kernel) { slots[$0].last == index && slots[$0].first < index }
      for store in kernel.stores {
        guard case .workspace(let born) = store.target.buffer, slots[born].first == index, sharing[born] == nil,
          case .local(let result) = store.operand
        else { continue }
        let dying = reads.order.first { slot in
          slot < born && !taken.contains(slot) && slots[slot].extent == slots[born].extent
            && reads.mayOverwrite(slot, with: result, at: store.target)
        }
        guard let dying else { continue }
        sharing[born] = dying
        taken.insert(dying)
      }
    }
    return sharing
  }
}

/// What a kernel reads of the slots that die in it.
private struct SlotReads {
  private struct Read {
    var access: Access
    var position: Int
    var level: Level
  }

  /// The slots, in the order in which they are read first.
  private(set) var order: [Int] = []
  private var reads: [Int: [Read]] = [:]
  /// Read by more than statements, or written.
  private var isKept: Set<Int> = []
  private var makers: [Int: (position: Int, level: Level)] = [:]

  init(_ kernel: Kernel, dies: (Int) -> Bool) {
    for (position, statement) in kernel.statements.enumerated() {
      makers[statement.id] = (position, statement.level)
      for operand in statement.operands {
        guard let access = operand.access, case .workspace(let slot) = access.buffer, dies(slot) else { continue }
        if reads[slot] == nil { order.append(slot) }
        // What is reduced is read all along the row, after the sum was begun.
        let level: Level = statement.isReduction ? .full : statement.level
        reads[slot, default: []].append(Read(access: access, position: position, level: level))
      }
    }
    let others = (kernel.product.map { [$0.a, $0.b] } ?? []) + kernel.sinks.compactMap(\.operand.access) + kernel.targets
    for access in others { if case .workspace(let slot) = access.buffer { isKept.insert(slot) } }
  }

  /// Whether each read of the slot is at the result's own element, by a statement that is not after the one that makes the result, at its level.
  func mayOverwrite(_ slot: Int, with result: Int, at target: Access) -> Bool {
    guard !isKept.contains(slot), let maker = makers[result] else { return false }
    return reads[slot, default: []].allSatisfy { read in
      read.position <= maker.position && read.level == maker.level && read.access.row == target.row && read.access.column == target.column
        && read.access.outer == target.outer && read.access.offset == target.offset
    }
  }
}
