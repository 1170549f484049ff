/// Writes the fields of a protobuf message.
struct WireWriter {
  private(set) var bytes: [UInt8] = []

  mutating func write(_ number: Int, _ value: Int) {
    key(number, 0)
    varint(UInt64(bitPattern: Int64(value)))
  }

  mutating func write(_ number: Int, float value: Double) {
    key(number, 5)
    append(Float(value).bitPattern)
  }

  mutating func write(_ number: Int, double value: Double) {
    key(number, 1)
    append(value.bitPattern)
  }

  mutating func write(_ number: Int, _ text: String) { write(number, Array(text.utf8)) }

  mutating func write(_ number: Int, _ content: [UInt8]) {
    key(number, 2)
    varint(UInt64(content.count))
    bytes += content
  }

  mutating func write(_ number: Int, _ body: (inout WireWriter) -> Void) {
    var message = WireWriter()
    body(&message)
    write(number, message.bytes)
  }

  mutating func append<Number: FixedWidthInteger>(_ number: Number) {
    for byte in 0..<(Number.bitWidth / 8) { bytes.append(UInt8(truncatingIfNeeded: number >> (8 * byte))) }
  }

  private mutating func key(_ number: Int, _ type: UInt64) { varint(UInt64(number) << 3 | type) }

  private mutating func varint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}
