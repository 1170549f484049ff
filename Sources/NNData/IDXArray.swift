/// Reads the IDX format of the MNIST files: type and rank in four bytes, big-endian sizes, and the numbers.
enum IDXArray {
  private static let types: [UInt8: ElementType] = [
    0x08: .uint8, 0x09: .int8, 0x0B: .int16, 0x0C: .int32, 0x0D: .float32, 0x0E: .float64,
  ]

  static func read(_ bytes: ByteBuffer, name: String) throws(ContentError) -> EncodedTensor {
    guard bytes.count >= 4, bytes[0] == 0, bytes[1] == 0, let type = types[bytes[2]] else {
      throw ContentError("it is no IDX file: it begins with other bytes")
    }
    let rank = Int(bytes[3])
    var shape: [Int] = []
    for axis in 0..<rank {
      guard let size = bytes.integer(UInt32.self, at: 4 + 4 * axis, bigEndian: true) else {
        throw ContentError("it is cut off in its header")
      }
      shape.append(Int(size))
    }
    let found = bytes.count - 4 - 4 * rank
    guard rank > 0, let count = ElementCount.of(shape) else { throw ContentError("the shape \(shape) is out of range") }
    let (size, overflow) = count.multipliedReportingOverflow(by: type.size)
    guard !overflow, size == found else {
      let relation = overflow || size > found ? "it is cut off: " : ""
      throw ContentError("\(relation)shape \(shape) with \(type.size) bytes a number does not take \(found) bytes")
    }
    return EncodedTensor(name: name, shape: shape, type: type, bytes: bytes[bytes.count - found..<bytes.count], isBigEndian: true)
  }
}
