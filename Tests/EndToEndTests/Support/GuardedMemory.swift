import Glibc
import NNSchedule

/// Memory for one argument of a call, misaligned on demand, between fences that show writes outside.
///
/// What nobody has written is not a number in either precision, and no class number.
final class GuardedMemory {
  private static let alignment = 64
  private static let fence = 256
  private static let pattern: [UInt8] = [0xAD, 0xDE, 0xFA, 0x7F]

  let byteCount: Int
  private let start: Int
  private let base: UnsafeMutableRawPointer
  private let whole: UnsafeMutableRawBufferPointer

  /// - Parameter shift: bytes past a 64-byte boundary.
  init(byteCount: Int, shift: Int) {
    self.byteCount = byteCount
    start = Self.fence + shift % Self.alignment
    let count = start + byteCount + Self.fence
    base = .allocate(byteCount: count, alignment: Self.alignment)
    whole = UnsafeMutableRawBufferPointer(start: base, count: count)
    for index in whole.indices { whole[index] = Self.pattern[index % 4] }
  }

  deinit { base.deallocate() }

  var address: UnsafeMutableRawPointer { base + start }

  var bytes: [UInt8] { Array(whole[start..<(start + byteCount)]) }

  /// Whether the fences are as they were.
  var isIntact: Bool {
    let fences = [0..<start, (start + byteCount)..<whole.count]
    return fences.allSatisfy { fence in fence.allSatisfy { whole[$0] == Self.pattern[$0 % 4] } }
  }

  /// Rounds numbers to the precision and puts them at element `place`.
  func write(_ numbers: [Double], at place: Int = 0, _ precision: Precision) {
    precondition((place + numbers.count) * precision.bytes <= byteCount, "numbers beyond the end of a buffer")
    for (index, number) in numbers.enumerated() {
      switch precision {
      case .f32: (address + (place + index) * 4).storeBytes(of: Float(number), as: Float.self)
      case .f64: (address + (place + index) * 8).storeBytes(of: number, as: Double.self)
      }
    }
  }

  func write(integers: [Int]) {
    precondition(integers.count * 4 <= byteCount, "numbers beyond the end of a buffer")
    for (index, number) in integers.enumerated() { (address + index * 4).storeBytes(of: Int32(truncatingIfNeeded: number), as: Int32.self) }
  }

  func write<Number: BitwiseCopyable>(single number: Number) {
    precondition(MemoryLayout<Number>.size <= byteCount, "a number beyond the end of a buffer")
    address.storeBytes(of: number, as: Number.self)
  }
}

extension Precision {
  /// Bytes as numbers.
  func numbers(_ bytes: [UInt8]) -> [Double] {
    bytes.withUnsafeBytes { raw in
      stride(from: 0, to: raw.count - bytes.count % self.bytes, by: self.bytes).map { offset in
        switch self {
        case .f32: Double(raw.loadUnaligned(fromByteOffset: offset, as: Float.self))
        case .f64: raw.loadUnaligned(fromByteOffset: offset, as: Double.self)
        }
      }
    }
  }

  /// The nearest number that can be handed to a program.
  func rounded(_ number: Double) -> Double { self == .f32 ? Double(Float(number)) : number }
}
