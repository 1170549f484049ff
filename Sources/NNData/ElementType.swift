/// How numbers are stored in a file. Types that `Tensor.Storage` lacks are widened when they are read.
package enum ElementType: Equatable {
  case float16, bfloat16, float32, float64
  case int8, int16, int32, int64
  case uint8, uint16, uint32, uint64
  case bool

  package var size: Int {
    switch self {
    case .int8, .uint8, .bool: 1
    case .float16, .bfloat16, .int16, .uint16: 2
    case .float32, .int32, .uint32: 4
    case .float64, .int64, .uint64: 8
    }
  }

  /// All bytes as numbers. Their count has to be a multiple of the size.
  package func decode(_ bytes: ByteBuffer, bigEndian: Bool) throws(ContentError) -> Tensor.Storage {
    func load<Number: FixedWidthInteger & BitwiseCopyable>(_ type: Number.Type) -> [Number] {
      Self.integers(bytes, bigEndian: bigEndian)
    }
    switch self {
    case .float16: return .float32(load(UInt16.self).map { Float(Float16(bitPattern: $0)) })
    case .bfloat16: return .float32(load(UInt16.self).map { Float(bitPattern: UInt32($0) << 16) })
    case .float32: return .float32(load(UInt32.self).map { Float(bitPattern: $0) })
    case .float64: return .float64(load(UInt64.self).map { Double(bitPattern: $0) })
    case .int8: return .int32(load(Int8.self).map(Int32.init))
    case .int16: return .int32(load(Int16.self).map(Int32.init))
    case .int32: return .int32(load(Int32.self))
    case .int64: return .int64(load(Int64.self))
    case .uint8: return .uint8(bytes.array)
    case .uint16: return .int32(load(UInt16.self).map(Int32.init))
    case .uint32: return .int64(load(UInt32.self).map(Int64.init))
    case .uint64: return .int64(try Self.signed(load(UInt64.self)))
    case .bool: return .int32(try Self.truths(bytes.array))
    }
  }

  private static func integers<Number: FixedWidthInteger & BitwiseCopyable>(_ bytes: ByteBuffer, bigEndian: Bool) -> [Number] {
    let count = bytes.count / MemoryLayout<Number>.size
    var numbers = [Number](repeating: 0, count: count)
    numbers.withUnsafeMutableBytes { target in
      bytes.withUnsafeBytes { target.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[..<target.count])) }
    }
    if bigEndian { for index in numbers.indices { numbers[index] = Number(bigEndian: numbers[index]) } }
    return numbers
  }

  private static func signed(_ values: [UInt64]) throws(ContentError) -> [Int64] {
    if let index = values.firstIndex(where: { $0 > UInt64(Int64.max) }) {
      throw ContentError("\(values[index]) is out of the range of int64", element: index)
    }
    return values.map { Int64($0) }
  }

  private static func truths(_ values: [UInt8]) throws(ContentError) -> [Int32] {
    if let index = values.firstIndex(where: { $0 > 1 }) {
      throw ContentError("\(values[index]) is neither true nor false", element: index)
    }
    return values.map { Int32($0) }
  }
}
