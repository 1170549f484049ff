package import NNData
import NNEmission
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
  /// Where the time goes, if that was asked for.
  package let profile: KernelProfile?

  package var samplesPerSecond: Double { Double(batch) / medianMicroseconds * 1e6 }

  package var json: JSON {
    let figures: JSON = [
      "median_us": .number(medianMicroseconds), "min_us": .number(minimumMicroseconds), "p90_us": .number(percentile90Microseconds),
      "gflops": .number(gigaflops), "workspace_bytes": .integer(workspaceBytes), "compile_us": .integer(compileMicroseconds),
      "samples_per_s": .number(samplesPerSecond),
    ]
    guard let profile, case .object(let members) = figures else { return figures }
    return .object(members + [JSON.Member("profile", profile.json)])
  }
}

/// What to measure.
package struct BenchmarkRequest {
  package static let entries: [EntryKind] = [.step, .infer, .grad, .loss, .jvp, .hvp]

  private let setup: ModelSetup
  private let entry: EntryKind
  private let batch: Int
  /// At least so many; nil is what half a second holds.
  private let calls: Int?
  private let isProfiled: Bool

  /// - Parameters:
  ///   - batch: the recipe's if nil.
  ///   - isProfiled: whether to find out where the time goes, too.
  package init(_ setup: ModelSetup, entry: EntryKind = .step, batch: Int? = nil, calls: Int? = nil, isProfiled: Bool = false) {
    self.setup = setup
    self.entry = entry
    self.batch = batch ?? setup.model.recipe.batch
    self.calls = calls
    self.isProfiled = isProfiled
  }

  package func run() throws -> Benchmark {
    precondition(Self.entries.contains(entry), "'\(entry.rawValue)' is not an entry to measure")
    let instance = try setup.instance([entry], batch: batch)
    instance.memory.examples.gather(0..<batch, of: try setup.reader.random(batch))
    _ = instance.takeReplacement()
    var repeated = RepeatedCalls(instance, entry, calls: calls)
    let (times, calls) = repeated.groups { $0 / Double($1) }
    let median = times.quantile(0.5)
    return Benchmark(
      entry: entry, batch: batch, calls: calls, medianMicroseconds: median * 1e6, minimumMicroseconds: times.quantile(0) * 1e6,
      percentile90Microseconds: times.quantile(0.9) * 1e6, gigaflops: 2 * instance.multiplyAdds(of: entry) / median * 1e-9,
      workspaceBytes: instance.workspaceBytes, compileMicroseconds: instance.compileMicroseconds, compiler: instance.compilerName,
      profile: isProfiled ? try KernelProfiler(setup: setup, entry: entry, batch: batch, calls: self.calls).run() : nil)
  }
}

extension ModelInstance {
  /// The multiply-adds in the products of an entry, for a whole batch.
  fileprivate func multiplyAdds(of kind: EntryKind) -> Double {
    compiled.entries.first { $0.kind == kind }.map { Double($0.schedule.multiplyAdds(examples: batch)) } ?? 0
  }
}
