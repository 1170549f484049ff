extension JSON {
  /// The value as text, on one line.
  package var text: String {
    var writer = JSONWriter()
    writer.write(self)
    return String(decoding: writer.bytes, as: UTF8.self)
  }
}

private struct JSONWriter {
  private(set) var bytes: [UInt8] = []

  mutating func write(_ value: JSON) {
    switch value {
    case .null: bytes += "null".utf8
    case .bool(let value): bytes += (value ? "true" : "false").utf8
    case .integer(let value): bytes += String(value).utf8
    case .number(let value): write(value)
    case .single(let value): write(value)
    case .string(let value): write(value)
    case .array(let values): write(values)
    case .object(let members): write(members)
    }
  }

  /// Swift prints the shortest digits that read back as the same number.
  private mutating func write<Number: BinaryFloatingPoint & CustomStringConvertible>(_ value: Number) {
    if value.isNaN {
      bytes += "\"nan\"".utf8
    } else if value.isInfinite {
      bytes += (value < 0 ? "\"-inf\"" : "\"inf\"").utf8
    } else {
      let digits = value.description
      let isWhole = digits.hasSuffix(".0") && value != 0
      bytes += (isWhole || digits == "0.0" ? String(digits.dropLast(2)) : digits).utf8
    }
  }

  private mutating func write(_ values: [JSON]) {
    bytes.append(UInt8(ascii: "["))
    for (index, value) in values.enumerated() {
      if index > 0 { bytes += ", ".utf8 }
      write(value)
    }
    bytes.append(UInt8(ascii: "]"))
  }

  private mutating func write(_ members: [JSON.Member]) {
    bytes.append(UInt8(ascii: "{"))
    for (index, member) in members.enumerated() {
      if index > 0 { bytes += ", ".utf8 }
      write(member.key)
      bytes += ": ".utf8
      write(member.value)
    }
    bytes.append(UInt8(ascii: "}"))
  }

  private mutating func write(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""): bytes += "\\\"".utf8
      case UInt8(ascii: "\\"): bytes += "\\\\".utf8
      case UInt8(ascii: "\n"): bytes += "\\n".utf8
      case UInt8(ascii: "\t"): bytes += "\\t".utf8
      case UInt8(ascii: "\r"): bytes += "\\r".utf8
      case 0..<16: bytes += "\\u000\(String(byte, radix: 16))".utf8
      case 16..<32: bytes += "\\u00\(String(byte, radix: 16))".utf8
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}
