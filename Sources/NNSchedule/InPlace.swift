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
      for store in kernel.stores {
        guard case .workspace(let born) = store.target.buffer, slots[born].first == index, sharing[born] == nil else { continue }
        let dying = candidates(for: store, in: kernel, at: index).first { !taken.contains($0) && $0 < born }
        guard let dying else { continue }
        sharing[born] = dying
        taken.insert(dying)
      }
    }
    return sharing
  }

  private func candidates(for store: StoreStep, in kernel: Kernel, at index: Int) -> [Int] {
    guard case .workspace(let born) = store.target.buffer, case .local(let result) = store.operand else { return [] }
    var slotsRead: [Int] = []
    for access in kernel.reads {
      guard case .workspace(let slot) = access.buffer, slot != born, slots[slot].last == index, slots[slot].first < index,
        slots[slot].extent == slots[born].extent, !slotsRead.contains(slot)
      else { continue }
      slotsRead.append(slot)
    }
    return slotsRead.filter { isOverwritable($0, by: store.target, result: result, in: kernel) }
  }

  /// Each read of the slot is at the result's own element, by a statement that is not after the one that makes the result, at its level.
  private func isOverwritable(_ slot: Int, by target: Access, result: Int, in kernel: Kernel) -> Bool {
    let buffer = Buffer.workspace(slot)
    if let product = kernel.product, product.a.buffer == buffer || product.b.buffer == buffer { return false }
    if kernel.sinks.contains(where: { $0.operand.access?.buffer == buffer }) { return false }
    guard !kernel.targets.contains(where: { $0.buffer == buffer }), let maker = kernel.statements.firstIndex(where: { $0.id == result })
    else {
      return false
    }
    for (position, statement) in kernel.statements.enumerated() {
      for access in statement.operands.compactMap(\.access) where access.buffer == buffer {
        let isSame =
          access.row == target.row && access.column == target.column && access.outer == target.outer && access.offset == target.offset
        guard isSame, position <= maker, statement.level == kernel.statements[maker].level else { return false }
      }
    }
    return true
  }
}
