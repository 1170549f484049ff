import NNEmission
import NNSchedule
import Testing

/// The planned workspace against the least that any plan needs.
@Suite struct MemoryTests {
  @Test(arguments: ModelSource.exampleNames)
  func planIsCloseToItsLowerBound(example: String) throws {
    let printed = try ModelSource(example: example).printed(precision: .f32)
    for entry in printed.compiled.entries {
      let plan = entry.schedule.memory
      #expect(plan.size >= plan.lowerBound, "\(entry.kind.rawValue)")
      #expect(Double(plan.size) <= 1.1 * Double(plan.lowerBound), "\(entry.kind.rawValue): \(plan.size) for \(plan.lowerBound)")
    }
  }

  /// What it takes that threads go through several kernels without waiting for each other.
  @Test(arguments: ModelSource.exampleNames)
  func stretchesTakeLittleMemory(example: String) throws {
    let printed = try ModelSource(example: example).printed(precision: .f32)
    for entry in printed.compiled.entries where !entry.schedule.stretches.isEmpty {
      let without = Scheduler.schedule(entry.program, batch: printed.compiled.batch, leastShared: .infinity).memory.size
      let size = entry.schedule.memory.size
      #expect(Double(size) <= 1.6 * Double(without), "\(entry.kind.rawValue): \(size) for \(without)")
    }
  }

  /// The bound itself: no less than what lives at any one step, counted here anew.
  @Test(arguments: ModelSource.exampleNames)
  func lowerBoundIsTheLargestSumOfLiveBuffers(example: String) throws {
    let printed = try ModelSource(example: example).printed(precision: .f32)
    for entry in printed.compiled.entries {
      let plan = entry.schedule.memory
      let sums = entry.schedule.steps.indices.map { step in
        plan.slots.filter { $0.first < step && step < $0.last }.reduce(0) { $0 + $1.extent.at(batch: printed.compiled.batch) }
      }
      #expect(sums.allSatisfy { $0 <= plan.lowerBound }, "\(entry.kind.rawValue)")
    }
  }

  /// Buffers that live at once do not share bytes, but where one takes over another's place as that one dies. Those of one stretch live at once, or have
  /// each example's part at the same place.
  @Test(arguments: ModelSource.exampleNames)
  func liveBuffersAreApart(example: String) throws {
    let printed = try ModelSource(example: example).printed(precision: .f32)
    let batch = printed.compiled.batch
    for entry in printed.compiled.entries {
      let slots = entry.schedule.memory.slots
      for (index, a) in slots.enumerated() {
        for b in slots[..<index] {
          let isTogether = entry.schedule.stretches.contains { $0.steps.touches(a) && $0.steps.touches(b) }
          let isSame = a.offset == b.offset && a.extent == b.extent && a.extent.perExample && (b.last <= a.first || a.last <= b.first)
          guard a.first < b.last && b.first < a.last || isTogether && !isSame else { continue }
          let isApart = a.offset + a.extent.at(batch: batch) <= b.offset || b.offset + b.extent.at(batch: batch) <= a.offset
          #expect(isApart, "\(entry.kind.rawValue): \(a.name ?? "?") and \(b.name ?? "?")")
        }
      }
    }
  }
}

extension Range<Int> {
  /// Whether a buffer is in use at one of these steps.
  fileprivate func touches(_ slot: MemoryPlan.Slot) -> Bool { slot.first < upperBound && lowerBound <= slot.last }
}
