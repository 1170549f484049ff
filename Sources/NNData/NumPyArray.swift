/// Reads the `.npy` format: a magic word, a Python dictionary in text, and the bytes of one array.
///
/// Pickled objects, which would run code of the file's author, are not read at all.
enum NumPyArray {
  private static let headerLimit = 1 << 20
  private static let rankLimit = 32

  static func read(_ bytes: ByteBuffer, name: String) throws(ContentError) -> EncodedTensor {
    guard bytes.starts(with: [0x93] + Array("NUMPY".utf8)) else { throw ContentError("it is no .npy file: it begins with other bytes") }
    let (header, data) = try split(bytes)
    let description = try NumPyHeader(header)
    guard description.shape.count <= rankLimit, let count = ElementCount.of(description.shape) else {
      throw ContentError("the shape \(description.shape) is out of range")
    }
    let (size, overflow) = count.multipliedReportingOverflow(by: description.type.size)
    guard !overflow, size == data.count else {
      let relation = overflow || size > data.count ? "it is cut off: " : ""
      throw ContentError("\(relation)shape \(description.shape) of '\(description.typeText)' does not take \(data.count) bytes")
    }
    return EncodedTensor(
      name: name, shape: description.shape, type: description.type, bytes: data, isBigEndian: description.isBigEndian,
      isFortranOrder: description.isFortranOrder)
  }

  private static func split(_ bytes: ByteBuffer) throws(ContentError) -> (header: ByteBuffer, data: ByteBuffer) {
    guard bytes.count >= 10 else { throw ContentError("it is cut off in its header") }
    let isFirstVersion = bytes[6] == 1
    guard isFirstVersion || bytes[6] == 2 || bytes[6] == 3 else {
      throw ContentError("version \(bytes[6]) of the .npy format is not known")
    }
    let start = isFirstVersion ? 10 : 12
    let length = isFirstVersion ? bytes.integer(UInt16.self, at: 8).map(Int.init) : bytes.integer(UInt32.self, at: 8).map(Int.init)
    guard let length, length <= headerLimit, let header = bytes.slice(at: start, count: length) else {
      throw ContentError("it is cut off in its header")
    }
    return (header, bytes[start + length..<bytes.count])
  }
}

/// The dictionary at the start of an `.npy` file: `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`.
private struct NumPyHeader {
  private(set) var typeText = ""
  private(set) var type = ElementType.float32
  private(set) var isBigEndian = false
  private(set) var isFortranOrder = false
  private(set) var shape: [Int] = []

  private var text: Substring
  private let whole: String

  private static let types: [String: ElementType] = [
    "f2": .float16, "f4": .float32, "f8": .float64, "i1": .int8, "i2": .int16, "i4": .int32, "i8": .int64,
    "u1": .uint8, "u2": .uint16, "u4": .uint32, "u8": .uint64, "b1": .bool,
  ]

  init(_ bytes: ByteBuffer) throws(ContentError) {
    guard let text = bytes.text else { throw ContentError("the header is not text") }
    whole = text
    self.text = text[...]
    try parse()
  }

  /// header = "{" {"'" key "'" ":" value [","]} "}"
  private mutating func parse() throws(ContentError) {
    var keys: Set<String> = []
    try expect("{")
    while !accept("}") {
      let key = try quoted()
      guard keys.insert(key).inserted else { throw malformed }
      try expect(":")
      switch key {
      case "descr": try parseType()
      case "fortran_order": isFortranOrder = try truth()
      case "shape": shape = try sizes()
      default: throw malformed
      }
      guard accept(",") || text.first == "}" else { throw malformed }
    }
    skipSpace()
    guard text.isEmpty, keys.count == 3 else { throw malformed }
  }

  private mutating func parseType() throws(ContentError) {
    skipSpace()
    guard text.first == "'" || text.first == "\"" else { throw ContentError("arrays of records are not supported") }
    typeText = try quoted()
    if typeText.contains("O") { throw ContentError("it holds Python objects, which are never read") }
    guard let order = typeText.first, "<>=|".contains(order), let type = Self.types[String(typeText.dropFirst())] else {
      throw ContentError("the type '\(typeText.prefix(40))' is not supported")
    }
    self.type = type
    isBigEndian = order == ">"
  }

  private mutating func truth() throws(ContentError) -> Bool {
    skipSpace()
    if accept("True") { return true }
    try expect("False")
    return false
  }

  /// sizes = "(" [number {"," number} [","]] ")"
  private mutating func sizes() throws(ContentError) -> [Int] {
    var result: [Int] = []
    try expect("(")
    while !accept(")") {
      skipSpace()
      let digits = text.prefix { $0.isASCII && $0.isNumber }
      guard let size = Int(digits) else { throw malformed }
      text = text.dropFirst(digits.count)
      result.append(size)
      skipSpace()
      guard accept(",") || text.first == ")" else { throw malformed }
    }
    return result
  }

  private mutating func quoted() throws(ContentError) -> String {
    skipSpace()
    guard let quote = text.first, quote == "'" || quote == "\"", let end = text.dropFirst().firstIndex(of: quote) else { throw malformed }
    let result = text[text.index(after: text.startIndex)..<end]
    text = text[text.index(after: end)...]
    return String(result)
  }

  private mutating func accept(_ word: String) -> Bool {
    skipSpace()
    guard text.hasPrefix(word) else { return false }
    text = text.dropFirst(word.count)
    return true
  }

  private mutating func expect(_ word: String) throws(ContentError) {
    guard accept(word) else { throw malformed }
  }

  private mutating func skipSpace() {
    text = text.drop { $0 == " " || $0 == "\n" }
  }

  private var malformed: ContentError {
    ContentError("the header is malformed: \(whole.prefix(100))")
  }
}

extension Tensor.Storage {
  /// The same array with its last axis running fastest, given that its first axis does.
  func transposedFromFortran(_ shape: [Int]) -> Tensor.Storage {
    switch self {
    case .float32(let values): .float32(Self.reordered(values, shape))
    case .float64(let values): .float64(Self.reordered(values, shape))
    case .int32(let values): .int32(Self.reordered(values, shape))
    case .int64(let values): .int64(Self.reordered(values, shape))
    case .uint8(let values): .uint8(Self.reordered(values, shape))
    }
  }

  private static func reordered<Element>(_ values: [Element], _ shape: [Int]) -> [Element] {
    var strides = shape
    var product = 1
    for axis in shape.indices {
      strides[axis] = product
      product *= shape[axis]
    }
    var index = [Int](repeating: 0, count: shape.count)
    var offset = 0
    return values.indices.map { _ in
      let value = values[offset]
      for axis in shape.indices.reversed() {
        index[axis] += 1
        offset += strides[axis]
        if index[axis] < shape[axis] { break }
        offset -= strides[axis] * shape[axis]
        index[axis] = 0
      }
      return value
    }
  }
}
