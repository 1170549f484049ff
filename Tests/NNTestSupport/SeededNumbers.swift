import Glibc
package import NNGraph

/// Reproducible random numbers (splitmix64).
package struct SeededNumbers: RandomNumberGenerator, Sendable {
  private var state: UInt64

  package init(seed: UInt64) { state = seed }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  package mutating func uniform(_ range: ClosedRange<Double>) -> Double { Double.random(in: range, using: &self) }

  /// In the range, with four decimals.
  package mutating func short(_ range: ClosedRange<Double>) -> Double { (uniform(range) * 10_000).rounded() / 10_000 }

  /// Likewise, but not near a whole multiple of a half, where the catalogue's functions have their kinks.
  package mutating func smooth(_ range: ClosedRange<Double>) -> Double {
    for _ in 0..<100 {
      let number = short(range)
      let halves = number * 2
      if abs(halves - halves.rounded()) > 0.05 { return number }
    }
    return (range.lowerBound + range.upperBound) / 2
  }
}

/// Random numbers for the interpreter that depend on nothing but their place.
package enum ReferenceDraw {
  package static func number(_ distribution: Distribution, site: Int, example: Int, element: Int) -> Double {
    var numbers = SeededNumbers(seed: UInt64(site) << 48 ^ UInt64(example) << 32 ^ UInt64(element))
    let first = numbers.uniform(0...1.0.nextDown)
    switch distribution {
    case .uniform: return first
    case .normal: return (-2 * log(1 - first)).squareRoot() * cos(2 * Double.pi * numbers.uniform(0...1))
    }
  }
}
