import Testing

@testable import NNQuantization

/// From sums to bytes, against exact fractions.
@Suite struct RequantizationTests {
  private static let factors: [Double] = [
    1e-12, 1.3e-7, 0.000_5, 0.011, 0.333_333_333, 0.5, 0.999_999_999_9, 1, 1.5, 17, 254.9, 70_000, 3e9, -0.25,
  ]
  private static let sums: [Int32] = [.min, -1_000_001, -511, -3, -2, -1, 0, 1, 2, 3, 127, 128, 255, 256, 65_537, 123_456_789, .max]

  /// A whole number divided by a power of two, to the nearest, halves up.
  private static func quotient(_ number: Int128, _ shift: Int) -> Int128 {
    let divisor = Int128(1) << Int128(shift)
    let (whole, rest) = number.quotientAndRemainder(dividingBy: divisor)
    let (floor, positive) = rest < 0 ? (whole - 1, rest + divisor) : (whole, rest)
    return 2 * positive >= divisor ? floor + 1 : floor
  }

  @Test(arguments: [0, 1, 97, 128, 255]) func roundsOnceAndExactly(zero: Int) {
    let requantization = Requantization(Self.factors, zero: zero)
    for (output, multiplier) in requantization.multipliers.enumerated() {
      for sum in Self.sums {
        let exact = Self.quotient(Int128(sum) * Int128(multiplier), requantization.shift) + Int128(zero)
        #expect(requantization.byte(sum, output: output) == UInt8(max(0, min(255, exact))))
      }
    }
  }

  /// One factor alone is kept to 30 bits, where it has that many.
  @Test(arguments: factors.filter { (1e-6..<1e9).contains($0) }) func keepsFactors(factor: Double) {
    let requantization = Requantization([factor], zero: 0)
    let kept = Double(requantization.multipliers[0]) / Double(sign: .plus, exponent: requantization.shift, significand: 1)
    #expect(abs(kept / factor - 1) < 1e-9)
  }

  @Test func holdsAbsurdFactorsInBounds() {
    for factors in [[0], [.infinity], [.greatestFiniteMagnitude, 1], [.leastNonzeroMagnitude]] {
      let requantization = Requantization(factors, zero: 255)
      #expect(1...53 ~= requantization.shift)
      _ = Self.sums.map { requantization.byte($0, output: 0) }
    }
  }

  @Test func zeroIsAByte() {
    for range in [0...0, -1...1, 3...7, -9 ... -2, -1e-30...1e30, 0...1e-40] {
      let scale = Scale(range)
      #expect(scale.real(UInt8(scale.zero)) == 0)
      #expect(scale.step > 0 && 0...255 ~= scale.zero)
    }
    let scale = Scale(-1...3)
    for real in stride(from: -1.0, through: 3, by: 0.01) { #expect(abs(scale.real(scale.byte(real)) - real) <= scale.step * 1.001) }
    #expect(scale.byte(.nan) == 0 && scale.byte(.infinity) == 255 && scale.byte(-.infinity) == 0)
  }

  /// Inputs are divided by steps in single precision.
  @Test(arguments: [0...1e-36, -1e-44...0, 0...Double.leastNonzeroMagnitude]) func stepsHaveAnInverse(range: ClosedRange<Double>) {
    #expect(Float(1 / Scale(range).step).isFinite)
  }

  /// An output that is always 0 takes no bits from the others.
  @Test func leavesZerosOutOfTheScale() {
    let x = Scale(-1...1)
    let channels = [QuantizedChannel([1e-9, -2e-9], bias: 0, x), QuantizedChannel([0, 0], bias: 0, x)]
    let requantization = Requantization(channels.map { $0.step * x.step / 1e-11 }, zero: 0)
    #expect(requantization.multipliers[0] >= 1 << 29 && requantization.multipliers[1] == 0)
    #expect(channels[1].weights == [0, 0] && channels[1].bias == 0)
  }

  /// Sums of these weights and any bytes stay within 32 bits.
  @Test func weightsLeaveRoomForSums() {
    let x = Scale(-3...5)
    for (count, bias) in [(1, 0.0), (10, 1e9), (70_000, 1), (100_000, -1e-3), (3, -1e30)] {
      let channel = QuantizedChannel((0..<count).map { $0 % 7 == 3 ? -1 : 1 }, bias: bias, x)
      let positive = channel.weights.reduce(0) { $0 + max(Int($1), 0) } * 255 + Int(channel.bias)
      let negative = channel.weights.reduce(0) { $0 + min(Int($1), 0) } * 255 + Int(channel.bias)
      #expect(positive <= Int(Int32.max) && negative >= Int(Int32.min))
      // What the sum starts with is the bias, less what zeros would add.
      let zeros = channel.weights.reduce(0) { $0 + Int($1) } * x.zero
      let kept = Double(Int(channel.bias) + zeros) * channel.step * x.step
      #expect(abs(kept - bias) <= channel.step * x.step * 0.51 + abs(bias) * 1e-8)
    }
  }
}
