import Glibc
import NNGraph
import NNSchedule

/// The random numbers of compiled programs, in double precision: Threefry-2x32 with 20 rounds of the example's stream number, the draw's site and
/// the element.
struct ProgramDraw: Sendable {
  var precision: Precision
  var stream: UInt64

  func number(_ distribution: Distribution, _ site: Int, _ example: Int, _ element: Int) -> Double {
    let key = stream &+ UInt64(example)
    let (first, second) = Self.bits(key: (UInt32(truncatingIfNeeded: key), UInt32(truncatingIfNeeded: key >> 32)), site, element)
    switch distribution {
    case .uniform: return fraction(first, second)
    case .normal: return (-2 * log(1 - fraction(first, 0))).squareRoot() * cos(2 * Double.pi * fraction(second, 0))
    }
  }

  /// In 0..<1, with as many bits as the precision has.
  private func fraction(_ high: UInt32, _ low: UInt32) -> Double {
    switch precision {
    case .f32: Double(high >> 8) * 0x1p-24
    case .f64: (Double(high >> 5) * 0x1p26 + Double(low >> 6)) * 0x1p-53
    }
  }

  private static func bits(key: (UInt32, UInt32), _ site: Int, _ element: Int) -> (UInt32, UInt32) {
    let keys = [key.0, key.1, 0x1BD1_1BDA ^ key.0 ^ key.1]
    var (x, y) = (UInt32(site) &+ key.0, UInt32(element) &+ key.1)
    for round in 0..<20 {
      let turn: UInt32 = [13, 15, 26, 6, 17, 29, 16, 24][round % 8]
      x &+= y
      y = (y << turn | y >> (32 - turn)) ^ x
      guard round % 4 == 3 else { continue }
      let injection = round / 4 + 1
      x &+= keys[injection % 3]
      y &+= keys[(injection + 1) % 3] &+ UInt32(injection)
    }
    return (x, y)
  }
}
