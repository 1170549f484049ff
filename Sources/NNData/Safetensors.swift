/// A set of named tensors in a safetensors file: a length, a JSON header, and the bytes of the tensors one after the other.
package struct Safetensors: Equatable, Sendable {
  package var tensors: [Tensor]
  package var metadata: [String: String]

  static let headerLimit = 100_000_000
  static let tensorLimit = 100_000

  package init(tensors: [Tensor], metadata: [String: String] = [:]) {
    self.tensors = tensors
    self.metadata = metadata
  }

  package subscript(name: String) -> Tensor? {
    tensors.first { $0.name == name }
  }
}

extension Safetensors {
  package init(contentsOf path: String) throws(DataError) {
    let bytes = try ByteBuffer(contentsOf: path, largestInMemory: ByteBuffer.largestInMemory)
    do {
      try self.init(parsing: bytes)
    } catch {
      throw error.inFile(path)
    }
    try bytes.checkFile()
  }

  package init(parsing bytes: ByteBuffer) throws(ContentError) {
    let (encoded, metadata) = try Self.encoded(bytes)
    self.init(tensors: [], metadata: metadata)
    for tensor in encoded {
      do {
        tensors.append(try tensor.decoded())
      } catch {
        throw error.inside("tensor '\(tensor.name)'")
      }
    }
  }

  /// What is in a file, its numbers as they are.
  static func encoded(_ bytes: ByteBuffer) throws(ContentError) -> (tensors: [EncodedTensor], metadata: [String: String]) {
    guard let length = bytes.integer(UInt64.self, at: 0) else {
      throw ContentError("it is cut off: a safetensors file begins with 8 bytes, but it has \(bytes.count)")
    }
    guard length <= UInt64(Self.headerLimit) else { throw ContentError("it is no safetensors file: its header would have \(length) bytes") }
    guard let text = bytes.slice(at: 8, count: Int(length)) else {
      throw ContentError("it is cut off: its header has \(length) bytes, but only \(bytes.count - 8) follow")
    }
    guard case .object(let members) = try JSON(parsing: text, valueLimit: 16 * Self.tensorLimit) else {
      throw ContentError("the header is not a JSON object")
    }
    guard members.count <= Self.tensorLimit else { throw ContentError("it holds more than \(Self.tensorLimit) tensors") }
    let data = bytes[8 + Int(length)..<bytes.count]
    let entries = try Self.entries(members)
    try Self.checkCoverage(entries, of: data.count)
    let tensors = entries.map { EncodedTensor(name: $0.name, shape: $0.shape, type: $0.type, bytes: data[$0.bytes]) }
    return (tensors, try metadata(members))
  }

  private static func metadata(_ members: [JSON.Member]) throws(ContentError) -> [String: String] {
    guard let value = members.first(where: { $0.key == "__metadata__" })?.value else { return [:] }
    guard case .object(let pairs) = value else { throw ContentError("the metadata is not a JSON object") }
    var result: [String: String] = [:]
    for pair in pairs {
      guard let text = pair.value.stringValue else { throw ContentError("the metadata '\(pair.key)' is not a string") }
      result[pair.key] = text
    }
    return result
  }

  private static func entries(_ members: [JSON.Member]) throws(ContentError) -> [Entry] {
    var entries: [Entry] = []
    for member in members where member.key != "__metadata__" { entries.append(try Entry(member)) }
    return entries
  }

  /// The tensors have to cover the data without holes and without sharing bytes.
  private static func checkCoverage(_ entries: [Entry], of length: Int) throws(ContentError) {
    var end = 0
    for entry in entries.sorted(by: { ($0.bytes.lowerBound, $0.bytes.upperBound) < ($1.bytes.lowerBound, $1.bytes.upperBound) }) {
      guard entry.bytes.upperBound <= length else {
        throw entry.error("it ends at byte \(entry.bytes.upperBound) of the data, which is only \(length) bytes long: the file is cut off")
      }
      guard entry.bytes.lowerBound == end else {
        throw entry.error("it starts at byte \(entry.bytes.lowerBound) of the data, but byte \(end) is next")
      }
      end = entry.bytes.upperBound
    }
    guard end == length else { throw ContentError("\(length - end) bytes at its end belong to no tensor") }
  }
}

/// One tensor as the header describes it.
private struct Entry {
  let name: String
  let type: ElementType
  let shape: [Int]
  let bytes: Range<Int>

  private static let types: [String: ElementType] = [
    "F16": .float16, "BF16": .bfloat16, "F32": .float32, "F64": .float64, "I8": .int8, "I16": .int16, "I32": .int32,
    "I64": .int64, "U8": .uint8, "U16": .uint16, "U32": .uint32, "U64": .uint64, "BOOL": .bool,
  ]

  init(_ member: JSON.Member) throws(ContentError) {
    name = member.key
    let place = "tensor '\(member.key)'"
    guard let typeName = member.value["dtype"]?.stringValue else { throw ContentError("it has no 'dtype'", place: place) }
    guard let type = Self.types[typeName] else { throw ContentError("the type \(typeName) is not supported", place: place) }
    guard let shape = Self.integers(member.value["shape"]), let count = ElementCount.of(shape) else {
      throw ContentError("its 'shape' is no list of sizes", place: place)
    }
    guard let offsets = Self.integers(member.value["data_offsets"]), offsets.count == 2, 0 <= offsets[0], offsets[0] <= offsets[1] else {
      throw ContentError("its 'data_offsets' are no range", place: place)
    }
    let (size, overflow) = count.multipliedReportingOverflow(by: type.size)
    guard !overflow, offsets[1] - offsets[0] == size else {
      throw ContentError("shape \(shape) of \(typeName) does not take \(offsets[1] - offsets[0]) bytes", place: place)
    }
    self.type = type
    self.shape = shape
    bytes = offsets[0]..<offsets[1]
  }

  func error(_ message: String) -> ContentError {
    ContentError(message, place: "tensor '\(name)'")
  }

  private static func integers(_ value: JSON?) -> [Int]? {
    guard let values = value?.arrayValue else { return nil }
    let integers = values.compactMap { value -> Int? in
      guard case .integer(let integer) = value else { return nil }
      return integer
    }
    return integers.count == values.count ? integers : nil
  }
}

extension Safetensors {
  /// Writes the file whole. Wide types go first, which keeps every tensor on a boundary of its type.
  package func write(to path: String) throws(DataError) {
    let names = Set(tensors.map(\.name))
    precondition(names.count == tensors.count && !names.contains("__metadata__"), "tensor names have to be unique")
    let ordered = tensors.enumerated().sorted { ($1.element.storage.elementSize, $0.offset) < ($0.element.storage.elementSize, $1.offset) }
      .map(\.element)
    let header = header(for: ordered)
    try FileWriter.write(path) { (writer) throws(DataError) in
      try writer.append(header)
      for tensor in ordered {
        try tensor.storage.withBytes { (bytes) throws(DataError) in try writer.append(bytes) }
      }
    }
  }

  private func header(for tensors: [Tensor]) -> [UInt8] {
    var members: [JSON.Member] = []
    if !metadata.isEmpty {
      let pairs = metadata.sorted { $0.key < $1.key }.map { JSON.Member($0.key, .string($0.value)) }
      members.append(JSON.Member("__metadata__", .object(pairs)))
    }
    var end = 0
    for tensor in tensors {
      let start = end
      end += tensor.storage.count * tensor.storage.elementSize
      let entry: JSON = [
        "dtype": .string(tensor.storage.safetensorsType), "shape": .array(tensor.shape.map { .integer($0) }),
        "data_offsets": [.integer(start), .integer(end)],
      ]
      members.append(JSON.Member(tensor.name, entry))
    }
    var text = Array(JSON.object(members).text.utf8)
    text += repeatElement(UInt8(ascii: " "), count: (8 - text.count % 8) % 8)
    let length = UInt64(text.count)
    return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * UInt64($0))) } + text
  }
}

extension Tensor.Storage {
  fileprivate var safetensorsType: String {
    switch self {
    case .float32: "F32"
    case .float64: "F64"
    case .int32: "I32"
    case .int64: "I64"
    case .uint8: "U8"
    }
  }

  fileprivate var elementSize: Int {
    switch self {
    case .float64, .int64: 8
    case .float32, .int32: 4
    case .uint8: 1
    }
  }
}
