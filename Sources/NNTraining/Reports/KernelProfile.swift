package import NNData
package import NNEmission
import NNExecution
import NNSchedule

/// Where the time of a call goes, kernel by kernel, beside what this machine can do: `nnrun bench --profile`.
package struct KernelProfile: Sendable {
  package struct Kernel: Sendable {
    package enum Limit: String, Sendable {
      case arithmetic, memory
    }

    package let cost: KernelCost
    /// Of a call: the median over groups of calls.
    package let microseconds: Double
    /// What bounds it on this machine, and how long that alone would take.
    package let limit: Limit
    package let leastMicroseconds: Double

    package var gigaflops: Double { cost.operations / microseconds * 1e-3 }
    package var gigabytesPerSecond: Double { cost.bytes / microseconds * 1e-3 }
    package var percentOfLimit: Double { 100 * leastMicroseconds / microseconds }
  }

  package let kernels: [Kernel]
  /// The threads that share work, and whose limit it is.
  package let threads: Int
  /// Billions of operations a second; a multiply-add is two.
  package let peakGigaflops: Double

  package var microseconds: Double { kernels.reduce(0) { $0 + $1.microseconds } }

  package var json: JSON {
    let rows = kernels.map { kernel -> JSON in
      [
        "name": .string(kernel.cost.name), "lines": .array(kernel.cost.places.map { .string($0) }), "us": .number(kernel.microseconds),
        "gflops": .number(kernel.gigaflops), "gb_per_s": .number(kernel.gigabytesPerSecond),
        "limit_percent": .number(kernel.percentOfLimit), "limited_by": .string(kernel.limit.rawValue),
        "chunks": .integer(kernel.cost.chunks),
      ]
    }
    return ["threads": .integer(threads), "peak_gflops": .number(peakGigaflops), "kernels": .array(rows)]
  }
}

/// Measures a profile on a program of its own, which says when each kernel is done.
struct KernelProfiler {
  let setup: ModelSetup
  let entry: EntryKind
  let batch: Int
  let calls: Int?

  func run() throws -> KernelProfile {
    let instance = try ModelInstance(setup, entries: [entry], batch: batch, isProfiled: true)
    guard let marks = instance.marks else { preconditionFailure("a program that is profiled has marks") }
    instance.initialize(seed: setup.seed)
    instance.memory.examples.gather(0..<batch, of: try setup.reader.random(batch))
    let markCost = marks.costOfMark()
    var repeated = RepeatedCalls(instance, entry, calls: calls)
    let (groups, _) = repeated.groups(before: marks.start) { _, calls in marks.take().map { $0 / Double(calls) } }
    let limits = MachineLimits(marks.pool)
    let peak = limits.operationsPerSecond(realBytes: setup.precision.bytes)
    let kernels = try KernelCost.list(instance.compiled, entry, sources: setup.sources).map { cost in
      let median = groups.map { $0[cost.step] }.quantile(0.5)
      return try kernel(cost, nanoseconds: max(median - markCost, 1), peak: peak, limits)
    }
    return KernelProfile(kernels: kernels, threads: limits.lanes, peakGigaflops: peak * 1e-9)
  }

  private func kernel(_ cost: KernelCost, nanoseconds: Double, peak: Double, _ limits: MachineLimits) throws -> KernelProfile.Kernel {
    let arithmetic = cost.operations / peak
    let memory = cost.bytes / (try limits.bytesPerSecond(footprint: cost.bytes))
    return KernelProfile.Kernel(
      cost: cost, microseconds: nanoseconds * 1e-3, limit: arithmetic >= memory ? .arithmetic : .memory,
      leastMicroseconds: max(arithmetic, memory) * 1e6)
  }
}
