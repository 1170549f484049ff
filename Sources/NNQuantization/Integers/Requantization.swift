/// From a sum of products to a byte: `sum * multiplier / 2^shift + zero`, rounded to the nearest, halves up, and held to 0...255. Exact in 64 bits.
package struct Requantization: Hashable, Sendable {
  /// One for each output, or one for all.
  package var multipliers: [Int32]
  package var shift: Int
  package var zero: Int

  /// - Parameter factors: what a sum is to be multiplied by.
  package init(_ factors: [Double], zero: Int) {
    let largest = factors.lazy.map(\.magnitude).max() ?? 0
    // The largest multiplier has 31 bits. `zero` shifted has to fit into 62 bits.
    let bits = largest.isNormal ? 30 - Int(largest.exponent) : 1
    let shift = min(max(bits, 1), 53)
    let power = Double(sign: .plus, exponent: shift, significand: 1)
    self.shift = shift
    self.zero = zero
    multipliers = factors.map { Int32(max(min(($0 * power).rounded(), Double(Int32.max)), -Double(Int32.max))) }
  }

  /// What is added to a product before it is shifted: half a byte, and zero.
  package var offset: Int64 { Int64(zero) << Int64(shift) + Int64(1) << Int64(shift - 1) }

  package func byte(_ sum: Int32, output: Int) -> UInt8 {
    let product = Int64(sum) * Int64(multipliers[multipliers.count == 1 ? 0 : output]) + offset
    return product < 0 ? 0 : UInt8(min(product >> Int64(shift), 255))
  }
}
