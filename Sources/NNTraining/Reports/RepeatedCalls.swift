import NNSchedule

/// An entry of a program, called again and again on the same examples.
struct RepeatedCalls {
  private static let groupSeconds = 0.001
  private static let totalSeconds = 0.5
  private static let fewestGroups = 20
  /// So small that no number of steps leads anywhere: what is measured must not turn into something else.
  private static let rate = 1e-9

  let instance: ModelInstance
  let entry: EntryKind
  /// At least so many; nil is what half a second holds.
  let calls: Int?
  private var step: UInt64 = 0

  /// Derivatives are taken along the parameters, where they are taken along something.
  init(_ instance: ModelInstance, _ entry: EntryKind, calls: Int?) {
    if entry == .jvp || entry == .hvp { instance.memory.direction.copy(instance.memory.parameters) }
    self.instance = instance
    self.entry = entry
    self.calls = calls
  }

  /// Groups of calls, each a millisecond or longer: what `measure` finds for a group, and the number of all calls.
  ///
  /// - Parameter prepare: done before each call.
  mutating func groups<Result>(before prepare: () -> Void = {}, measure: (_ seconds: Double, _ calls: Int) -> Result) -> (
    results: [Result], calls: Int
  ) {
    let size = groupSize(prepare)
    _ = measure(0, size)
    var results: [Result] = []
    var total = 0.0
    while results.count < Self.fewestGroups || !isEnough(calls: results.count * size, seconds: total) {
      if let calls, results.count * size >= calls { break }
      let seconds = time(size, prepare)
      total += seconds
      results.append(measure(seconds, size))
    }
    return (results, results.count * size)
  }

  /// The first calls warm up caches and find the size of a group.
  private mutating func groupSize(_ prepare: () -> Void) -> Int {
    var size = 1
    while true {
      let seconds = time(size, prepare)
      if seconds >= Self.groupSeconds { return size }
      size = max(size + 1, min(size * 8, Int(1.2 * Self.groupSeconds / max(seconds / Double(size), 1e-9)) + 1))
    }
  }

  private func isEnough(calls done: Int, seconds: Double) -> Bool {
    calls.map { done >= $0 } ?? (seconds >= Self.totalSeconds)
  }

  private mutating func time(_ calls: Int, _ prepare: () -> Void) -> Double {
    let start = ContinuousClock.now
    for _ in 0..<calls {
      prepare()
      instance.call(entry, rate: Self.rate, step: step)
      step += 1
    }
    return (ContinuousClock.now - start).inSeconds
  }
}

extension ModelInstance {
  /// A call on a whole batch.
  fileprivate func call(_ entry: EntryKind, rate: Double, step: UInt64) {
    switch entry {
    case .infer: infer(count: batch)
    case .loss: _ = loss(count: batch)
    case .grad: _ = gradient(count: batch, stream: step)
    case .jvp, .hvp: _ = derivative(entry, count: batch, stream: step)
    default: _ = self.step(count: batch, rate: rate, step: step, stream: step)
    }
  }
}

extension [Double] {
  /// The number below which this part of them lies.
  func quantile(_ part: Double) -> Double {
    let sorted = self.sorted()
    return sorted.isEmpty ? 0 : sorted[Swift.min(Int(Double(sorted.count) * part), sorted.count - 1)]
  }
}
