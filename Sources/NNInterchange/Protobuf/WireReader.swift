import NNData

/// One field of a protobuf message: its number, and what the wire says of its value.
struct WireField {
  enum Value {
    case varint(UInt64)
    case fixed32(UInt32)
    case fixed64(UInt64)
    case bytes(ByteBuffer)
  }

  let number: Int
  let value: Value
  /// Where the value begins in the file.
  let offset: Int
}

/// Reads the fields of a message one after the other. Knows where in the file it is, for what is said about broken files.
struct WireReader {
  private let bytes: ByteBuffer
  /// Of the message in the file.
  private let start: Int
  private var position = 0

  init(_ bytes: ByteBuffer, at start: Int) {
    self.bytes = bytes
    self.start = start
  }

  /// The next field, or nil at the end of the message.
  mutating func next() throws(ContentError) -> WireField? {
    guard position < bytes.count else { return nil }
    let begin = offset
    let key = try varint()
    let number = Int(truncatingIfNeeded: key >> 3)
    guard number > 0, number < 1 << 29 else { throw broken("a field of number \(key >> 3)", at: begin) }
    let place = offset
    switch key & 7 {
    case 0: return WireField(number: number, value: .varint(try varint()), offset: place)
    case 1: return WireField(number: number, value: .fixed64(try fixed(UInt64.self)), offset: place)
    case 2:
      let (content, at) = try delimited()
      return WireField(number: number, value: .bytes(content), offset: at)
    case 5: return WireField(number: number, value: .fixed32(try fixed(UInt32.self)), offset: place)
    default: throw broken("a field of the unknown wire type \(key & 7)", at: begin)
    }
  }

  private var offset: Int { start + position }

  private mutating func varint() throws(ContentError) -> UInt64 {
    let begin = offset
    var result: UInt64 = 0
    var shift: UInt64 = 0
    while position < bytes.count, shift < 64 {
      let byte = bytes[position]
      position += 1
      result |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return result }
      shift += 7
    }
    throw broken(shift < 64 ? "a number that is cut off" : "a number of more than 64 bits", at: begin)
  }

  private mutating func fixed<Number: FixedWidthInteger & BitwiseCopyable>(_ type: Number.Type) throws(ContentError) -> Number {
    guard let number = bytes.integer(type, at: position) else { throw broken("a number that is cut off", at: offset) }
    position += MemoryLayout<Number>.size
    return number
  }

  private mutating func delimited() throws(ContentError) -> (ByteBuffer, at: Int) {
    let begin = offset
    let length = try varint()
    guard length <= UInt64(bytes.count), let content = bytes.slice(at: position, count: Int(length)) else {
      throw broken("a part of \(length) bytes, of which only \(bytes.count - position) are there", at: begin)
    }
    defer { position += content.count }
    return (content, offset)
  }

  private func broken(_ what: String, at offset: Int) -> ContentError {
    ContentError("there is \(what)", place: "byte \(offset)", help: "this is no ONNX file, or not all of one")
  }
}

extension WireField {
  func integer() throws(ContentError) -> Int {
    guard case .varint(let number) = value else { throw mismatch("a whole number") }
    return Int(Int64(bitPattern: number))
  }

  func float() throws(ContentError) -> Double {
    guard case .fixed32(let bits) = value else { throw mismatch("a float") }
    return Double(Float(bitPattern: bits))
  }

  func content() throws(ContentError) -> ByteBuffer {
    guard case .bytes(let content) = value else { throw mismatch("a message or text") }
    return content
  }

  func text() throws(ContentError) -> String {
    guard let text = try content().text else { throw ContentError("there is a text that is not UTF-8", place: "byte \(offset)") }
    return text
  }

  func message() throws(ContentError) -> WireReader { WireReader(try content(), at: offset) }

  /// One number, or as many as are packed into one field.
  func append(to numbers: inout [Int]) throws(ContentError) {
    guard case .bytes(let content) = value else { return numbers.append(try integer()) }
    var reader = WireReader(content, at: offset)
    try reader.appendVarints(to: &numbers)
  }

  func appendFloats(to numbers: inout [Double]) throws(ContentError) {
    guard case .bytes(let content) = value else { return numbers.append(try float()) }
    guard content.count % 4 == 0 else { throw mismatch("floats") }
    for place in stride(from: 0, to: content.count, by: 4) {
      if let bits = content.integer(UInt32.self, at: place) { numbers.append(Double(Float(bitPattern: bits))) }
    }
  }

  func appendDoubles(to numbers: inout [Double]) throws(ContentError) {
    if case .fixed64(let bits) = value { return numbers.append(Double(bitPattern: bits)) }
    let content = try content()
    guard content.count % 8 == 0 else { throw mismatch("doubles") }
    for place in stride(from: 0, to: content.count, by: 8) {
      if let bits = content.integer(UInt64.self, at: place) { numbers.append(Double(bitPattern: bits)) }
    }
  }

  private func mismatch(_ wanted: String) -> ContentError {
    ContentError("field \(number) is not \(wanted)", place: "byte \(offset)", help: "this is no ONNX file, or a damaged one")
  }
}

extension WireReader {
  fileprivate mutating func appendVarints(to numbers: inout [Int]) throws(ContentError) {
    while position < bytes.count { numbers.append(Int(Int64(bitPattern: try varint()))) }
  }
}
