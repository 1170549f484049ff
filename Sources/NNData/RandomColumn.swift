import Glibc

extension Dataset.Column {
  /// Made-up examples that depend on nothing but the seed: normal reals, and classes that are all equally likely.
  static func random(_ port: DataPort, count: Int, precision: RealPrecision, seed: UInt64) -> Dataset.Column {
    var generator = SplitMix(state: seed)
    let length = count * port.elementCount
    switch (port.kind, precision) {
    case (.classes(let limit), _):
      let classes = (0..<length).map { _ in Int32(truncatingIfNeeded: generator.next() % UInt64(max(limit, 1))) }
      return Dataset.Column(port: port, values: .classes(classes))
    case (.real, .float32):
      return Dataset.Column(port: port, values: .float32((0..<length).map { _ in Float(generator.normal()) }))
    case (.real, .float64):
      return Dataset.Column(port: port, values: .float64((0..<length).map { _ in generator.normal() }))
    }
  }
}

/// The SplitMix64 generator: good enough for made-up data, and the same everywhere.
private struct SplitMix {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }

  /// Greater than 0, at most 1.
  private mutating func uniform() -> Double {
    Double((next() >> 11) + 1) * 0x1p-53
  }

  /// By the Box-Muller transform.
  mutating func normal() -> Double {
    let radius = sqrt(-2 * log(uniform()))
    return radius * cos(2 * Double.pi * uniform())
  }
}
