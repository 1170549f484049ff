import NNSchedule

/// Finds room for what kernels need for themselves, packed operands and tiles, between the buffers that are live at the time.
struct WorkspacePlan {
  private struct Buffer {
    var range: Range<Int>
    var first: Int
    var last: Int
  }

  /// In the order of their places.
  private let buffers: [Buffer]
  /// Elements in all.
  private(set) var size: Int
  /// Elements that are in use at once, at the worst step: no plan can do with fewer.
  private(set) var lowerBound: Int
  /// Elements of the largest scratch memory.
  private(set) var scratch = 0

  init(_ schedule: Schedule, batch: Int) {
    buffers = schedule.memory.slots.map { slot in
      // Whole cache lines, as buffers are placed.
      let end = slot.offset + (slot.extent.at(batch: batch) + 15) / 16 * 16
      return Buffer(range: slot.offset..<end, first: slot.first, last: slot.last)
    }.filter { !$0.range.isEmpty }.sorted { $0.range.lowerBound < $1.range.lowerBound }
    size = schedule.memory.size
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
    var merged: [Range<Int>] = []
    for buffer in buffers where buffer.first <= step && step <= buffer.last {
      if let last = merged.last, buffer.range.lowerBound < last.upperBound {
        merged[merged.count - 1] = last.lowerBound..<max(last.upperBound, buffer.range.upperBound)
      } else {
        merged.append(buffer.range)
      }
    }
    return merged
  }
}
