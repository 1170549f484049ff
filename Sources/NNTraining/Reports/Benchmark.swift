package import NNData
import NNGraph
package import NNSchedule

/// What a call of an entry takes, measured on made-up data: `nnrun bench`.
package struct Benchmark: Sendable {
  package let entry: EntryKind
  package let batch: Int
  package let calls: Int
  /// Of groups of calls, each a millisecond or longer: a call's share.
  package let medianMicroseconds: Double
  package let minimumMicroseconds: Double
  package let percentile90Microseconds: Double
  /// Of the products, at the median; 0 where there are none.
  package let gigaflops: Double
  package let workspaceBytes: Int
  package let compileMicroseconds: Int
  package let compiler: String

  package var samplesPerSecond: Double { Double(batch) / medianMicroseconds * 1e6 }

  package var json: JSON {
    [
      "median_us": .number(medianMicroseconds), "min_us": .number(minimumMicroseconds), "p90_us": .number(percentile90Microseconds),
      "gflops": .number(gigaflops), "workspace_bytes": .integer(workspaceBytes), "compile_us": .integer(compileMicroseconds),
      "samples_per_s": .number(samplesPerSecond),
    ]
  }
}

/// What to measure.
package struct BenchmarkRequest {
  package static let entries: [EntryKind] = [.step, .infer, .grad]
  private static let groupSeconds = 0.001
  private static let totalSeconds = 0.5
  private static let fewestGroups = 20

  private let setup: ModelSetup
  private let entry: EntryKind
  private let batch: Int
  /// At least so many; nil is what half a second holds.
  private let calls: Int?

  /// - Parameter batch: the recipe's if nil.
  package init(_ setup: ModelSetup, entry: EntryKind = .step, batch: Int? = nil, calls: Int? = nil) {
    self.setup = setup
    self.entry = entry
    self.batch = batch ?? setup.model.recipe.batch
    self.calls = calls
  }

  package func run() throws -> Benchmark {
    precondition(Self.entries.contains(entry), "'\(entry.rawValue)' is not an entry to measure")
    let instance = try setup.instance([entry], batch: batch)
    instance.memory.examples.gather(0..<batch, of: try setup.reader.random(batch))
    _ = instance.takeReplacement()
    let (times, calls) = measure(instance)
    let sorted = times.sorted()
    let median = sorted[sorted.count / 2]
    return Benchmark(
      entry: entry, batch: batch, calls: calls, medianMicroseconds: median * 1e6, minimumMicroseconds: sorted[0] * 1e6,
      percentile90Microseconds: sorted[min(sorted.count * 9 / 10, sorted.count - 1)] * 1e6,
      gigaflops: 2 * instance.multiplyAdds(of: entry) / median * 1e-9, workspaceBytes: instance.workspaceBytes,
      compileMicroseconds: instance.compileMicroseconds, compiler: instance.compilerName)
  }

  /// Seconds for a call, by group, and the number of calls.
  private func measure(_ instance: ModelInstance) -> (times: [Double], calls: Int) {
    var size = 1
    var step: UInt64 = 0
    // The first calls warm up caches and find the size of a group.
    while true {
      let seconds = time(instance, calls: size, step: &step)
      if seconds >= Self.groupSeconds { break }
      size = max(size + 1, min(size * 8, Int(1.2 * Self.groupSeconds / max(seconds / Double(size), 1e-9)) + 1))
    }
    var times: [Double] = []
    var total = 0.0
    while times.count < Self.fewestGroups || !isEnough(calls: times.count * size, seconds: total) {
      if let calls, times.count * size >= calls { break }
      let seconds = time(instance, calls: size, step: &step)
      total += seconds
      times.append(seconds / Double(size))
    }
    return (times, times.count * size)
  }

  private func isEnough(calls done: Int, seconds: Double) -> Bool {
    calls.map { done >= $0 } ?? (seconds >= Self.totalSeconds)
  }

  private func time(_ instance: ModelInstance, calls: Int, step: inout UInt64) -> Double {
    let start = ContinuousClock.now
    for _ in 0..<calls {
      switch entry {
      case .infer: instance.infer(count: batch)
      case .grad: _ = instance.gradient(count: batch, stream: step)
      default: _ = instance.step(count: batch, rate: Self.rate, step: step, stream: step)
      }
      step += 1
    }
    return (ContinuousClock.now - start).inSeconds
  }

  /// So small that no number of steps leads anywhere: what is measured must not turn into something else.
  private static let rate = 1e-9
}

extension ModelInstance {
  /// The multiply-adds in the products of an entry, for a whole batch.
  fileprivate func multiplyAdds(of kind: EntryKind) -> Double {
    guard let entry = compiled.entries.first(where: { $0.kind == kind }) else { return 0 }
    return entry.schedule.steps.reduce(0) { sum, step in
      guard case .kernel(let kernel) = step, let product = kernel.product else { return sum }
      let extents = kernel.outer + [kernel.rows, Extent(kernel.columns), product.k] + product.segments.map(\.extent)
      return sum + extents.reduce(1.0) { $0 * Double($1.at(batch: batch)) }
    }
  }
}
