/// How bytes stand for reals: `step * (byte - zero)`. Zero is always one of them, since padding and rectified units are full of it.
package struct Scale: Hashable, Sendable {
  package var step: Double
  package var zero: Int

  /// For reals in a range, as far as they go together with zero.
  package init(_ range: ClosedRange<Double>) {
    let (low, high) = (min(range.lowerBound, 0), max(range.upperBound, 0))
    step = (high - low) / 255
    step = step.isNormal ? max(step, Self.least) : 1
    zero = Int(min(max((-low / step).rounded(), 0), 255))
  }

  /// Floats still hold how often it goes into 1.
  private static let least = 1e-30

  /// The byte nearest to a real.
  package func byte(_ real: Double) -> UInt8 {
    real.isNaN ? 0 : UInt8(min(max((real / step + Double(zero)).rounded(.toNearestOrAwayFromZero), 0), 255))
  }

  package func real(_ byte: UInt8) -> Double { step * Double(Int(byte) - zero) }
}
