import NNSchedule

/// Finds room for what kernels need for themselves, packed operands and tiles, between the buffers that are live at the time.
struct WorkspacePlan {
  private struct Buffer {
    var range: Range<Int>
    var first: Int
    var last: Int
  }

  /// Those that no step was far enough for yet, in the order of their births.
  private var waiting: ArraySlice<Buffer>
  /// Those that live at the step at hand, in the order of their places.
  private var active: [Buffer] = []
  /// Elements in all.
  private(set) var size: Int
  /// Elements that are in use at once, at the worst step: no plan can do with fewer.
  private(set) var lowerBound: Int
  /// Elements of the largest scratch memory.
  private(set) var scratch = 0

  init(_ schedule: Schedule, batch: Int) {
    let buffers = schedule.memory.slots.map { slot in
      let end = slot.offset + MemoryPlan.rounded(slot.extent.at(batch: batch))
      let life = Stretch.widened(slot.first, slot.last, by: schedule.stretches)
      return Buffer(range: slot.offset..<end, first: life.first, last: life.last)
    }
    waiting = buffers.filter { !$0.range.isEmpty }.sorted { $0.first < $1.first }[...]
    size = schedule.memory.size
    lowerBound = schedule.memory.lowerBound
  }

  /// Places `count` elements for the kernel that is step `step`: the lowest offset that is free then. Steps come in order. Returned is also how many
  /// elements are in use then.
  mutating func place(_ count: Int, at step: Int) -> (offset: Int, used: Int) {
    advance(to: step)
    var (offset, used, end) = (0, 0, 0)
    for buffer in active {
      if offset + count > buffer.range.lowerBound { offset = max(offset, buffer.range.upperBound) }
      // Buffers that share memory count once.
      used += max(0, buffer.range.upperBound - max(end, buffer.range.lowerBound))
      end = max(end, buffer.range.upperBound)
    }
    guard count > 0 else { return (0, used) }
    lowerBound = max(lowerBound, used + count)
    scratch = max(scratch, count)
    size = max(size, offset + count)
    return (offset, used + count)
  }

  private mutating func advance(to step: Int) {
    active.removeAll { $0.last < step }
    while let buffer = waiting.first, buffer.first <= step {
      waiting.removeFirst()
      guard buffer.last >= step else { continue }
      active.insert(buffer, at: place(of: buffer))
    }
  }

  /// Where a buffer belongs among the active ones.
  private func place(of buffer: Buffer) -> Int {
    var (low, high) = (0, active.count)
    while low < high {
      let middle = (low + high) / 2
      if active[middle].range.lowerBound < buffer.range.lowerBound { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
