import NNExecution

/// Memory between two walls of known bytes.
struct GuardedBuffer {
  private static let wall = 128
  private static let brick: UInt8 = 0xA5

  private let memory: AlignedBuffer
  private let start: Int
  private let count: Int

  init<Element: BitwiseCopyable>(_ elements: [Element]) throws {
    try self.init(count: elements.count * MemoryLayout<Element>.stride, misaligned: false)
    elements.withUnsafeBytes { bytes in
      UnsafeMutableRawBufferPointer(start: memory.address + start, count: count).copyMemory(from: bytes)
    }
  }

  /// Memory full of NaN.
  init(count: Int, misaligned: Bool) throws {
    self.count = count
    start = Self.wall + (misaligned ? 4 : 0)
    memory = try AlignedBuffer(byteCount: count + 2 * Self.wall + 8)
    memory.fill(with: Self.brick)
    for place in 0..<count { memory.address.storeBytes(of: 0xFF, toByteOffset: start + place, as: UInt8.self) }
  }

  var pointer: UnsafeMutableRawPointer { memory.address + start }

  /// What was written outside.
  var problem: String? {
    let bytes = memory.array(of: UInt8.self)
    let before = bytes[..<start].lastIndex { $0 != Self.brick }
    let after = bytes[(start + count)...].firstIndex { $0 != Self.brick }
    if let before { return "\(start - before) bytes before its beginning are overwritten" }
    return after.map { "\($0 - start - count) bytes behind its end are overwritten" }
  }

  func bits(isDouble: Bool) -> [UInt64] {
    let places = stride(from: start, to: start + count, by: isDouble ? 8 : 4)
    return places.map { place in
      let bits =
        isDouble
        ? memory.address.loadUnaligned(fromByteOffset: place, as: UInt64.self)
        : UInt64(memory.address.loadUnaligned(fromByteOffset: place, as: UInt32.self))
      // What is no number has a sign that nobody promises.
      return number(bits, isDouble: isDouble).isNaN ? (isDouble ? Double.nan.bitPattern : UInt64(Float.nan.bitPattern)) : bits
    }
  }
}

/// The number with these bits.
func number(_ bits: UInt64, isDouble: Bool) -> Double {
  isDouble ? Double(bitPattern: bits) : Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
}
