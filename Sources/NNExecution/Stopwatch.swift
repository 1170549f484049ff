/// Time since it was made.
struct Stopwatch {
  private let start = ContinuousClock.now

  var microseconds: Int {
    let (seconds, attoseconds) = start.duration(to: .now).components
    return Int(seconds) * 1_000_000 + Int(attoseconds / 1_000_000_000_000)
  }
}
