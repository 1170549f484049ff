import NNSchedule

/// Finds room for what kernels need for themselves, packed operands and tiles, between the buffers that are live at the time.
struct WorkspacePlan {
  private let slots: [MemoryPlan.Slot]
  private let batch: Int
  /// Elements in all.
  private(set) var size: Int
  /// Elements that are in use at once, at the worst step: no plan can do with fewer.
  private(set) var lowerBound: Int
  /// Elements of the largest scratch memory.
  private(set) var scratch = 0

  init(_ schedule: Schedule, batch: Int) {
    slots = schedule.memory.slots
    size = schedule.memory.size
    self.batch = batch
    lowerBound = schedule.memory.lowerBound
  }

  /// Places `count` elements for the kernel that is step `step`: the lowest offset that is free then.
  mutating func place(_ count: Int, at step: Int) -> Int {
    let live = live(at: step)
    lowerBound = max(lowerBound, live.reduce(count) { $0 + $1.count })
    scratch = max(scratch, count)
    var offset = 0
    for range in live where offset + count > range.lowerBound { offset = max(offset, range.upperBound) }
    size = max(size, offset + count)
    return offset
  }

  /// What is in use at a step, in order and without overlaps; buffers that share memory count once.
  private func live(at step: Int) -> [Range<Int>] {
    let ranges = slots.filter { $0.first <= step && step <= $0.last }.map { slot in
      // Whole cache lines, as buffers are placed.
      slot.offset..<(slot.offset + (slot.extent.at(batch: batch) + 15) / 16 * 16)
    }
    var merged: [Range<Int>] = []
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) where !range.isEmpty {
      if let last = merged.last, range.lowerBound < last.upperBound {
        merged[merged.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
      } else {
        merged.append(range)
      }
    }
    return merged
  }
}
