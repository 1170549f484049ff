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

  /// Buffers that live at once do not share bytes, but where one takes over another's place as that one dies.
  @Test(arguments: ModelSource.exampleNames)
  func liveBuffersAreApart(example: String) throws {
    let printed = try ModelSource(example: example).printed(precision: .f32)
    let batch = printed.compiled.batch
    for entry in printed.compiled.entries {
      let slots = entry.schedule.memory.slots
      for (index, a) in slots.enumerated() {
        for b in slots[..<index] where a.first < b.last && b.first < a.last {
          let isApart = a.offset + a.extent.at(batch: batch) <= b.offset || b.offset + b.extent.at(batch: batch) <= a.offset
          #expect(isApart, "\(entry.kind.rawValue): \(a.name ?? "?") and \(b.name ?? "?")")
        }
      }
    }
  }
}
