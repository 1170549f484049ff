package import NNData

extension ONNXModel {
  package init(parsing bytes: ByteBuffer) throws(ContentError) {
    var reader = WireReader(bytes, at: 0)
    var hasGraph = false
    while let field = try reader.next() {
      switch field.number {
      case 1: irVersion = try field.integer()
      case 2: producer = try field.text()
      case 7:
        graph = try ONNXGraph(field.message())
        hasGraph = true
      case 8: try addOpset(field.message())
      default: break
      }
    }
    guard hasGraph, opset > 0 || !otherDomains.isEmpty else {
      throw ContentError("there is no ONNX graph in it", help: bytes.count == 0 ? "the file is empty" : nil)
    }
  }

  private mutating func addOpset(_ message: WireReader) throws(ContentError) {
    var reader = message
    var (domain, version) = ("", 0)
    while let field = try reader.next() {
      switch field.number {
      case 1: domain = try field.text()
      case 2: version = try field.integer()
      default: break
      }
    }
    if ["", "ai.onnx"].contains(domain) { opset = version } else { otherDomains.append(domain) }
  }
}

extension ONNXGraph {
  init(_ message: WireReader) throws(ContentError) {
    var reader = message
    while let field = try reader.next() {
      switch field.number {
      case 1: nodes.append(try ONNXNode(field.message()))
      case 2: name = try field.text()
      case 5: initializers.append(try ONNXTensor(field.message(), at: field.offset))
      case 11: inputs.append(try ONNXPort(field.message()))
      case 12: outputs.append(try ONNXPort(field.message()))
      case 15: sparseInitializers += 1
      default: break
      }
    }
  }
}

extension ONNXNode {
  init(_ message: WireReader) throws(ContentError) {
    self.init("", [], [])
    var reader = message
    while let field = try reader.next() {
      switch field.number {
      case 1: inputs.append(try field.text())
      case 2: outputs.append(try field.text())
      case 3: name = try field.text()
      case 4: type = try field.text()
      case 5: attributes.append(try ONNXAttribute(field.message()))
      case 7: domain = try field.text()
      default: break
      }
    }
  }
}

extension ONNXAttribute {
  init(_ message: WireReader) throws(ContentError) {
    var reader = message
    var (name, kind) = ("", 0)
    var found: [Int: Value] = [:]
    var (floats, integers, texts): ([Double], [Int], [String]) = ([], [], [])
    while let field = try reader.next() {
      switch field.number {
      case 1: name = try field.text()
      case 2: found[1] = .float(try field.float())
      case 3: found[2] = .integer(try field.integer())
      case 4: found[3] = .text(try field.content().text ?? "")
      case 5: found[4] = .tensor(try ONNXTensor(field.message(), at: field.offset))
      case 7: try field.appendFloats(to: &floats)
      case 8: try field.append(to: &integers)
      case 9: texts.append(try field.content().text ?? "")
      case 20: kind = try field.integer()
      default: break
      }
    }
    (found[6], found[7], found[8]) = (.floats(floats), .integers(integers), .texts(texts))
    // Zeros and empty texts may be left out of a file.
    let standards: [Int: Value] = [1: .float(0), 2: .integer(0), 3: .text("")]
    let guess = (1...4).first { found[$0] != nil } ?? (integers.isEmpty ? floats.isEmpty ? 8 : 6 : 7)
    let chosen = kind == 0 ? guess : kind
    self.init(name, found[chosen] ?? standards[chosen] ?? .other)
  }
}

extension ONNXPort {
  init(_ message: WireReader) throws(ContentError) {
    self.init("", nil, nil)
    var reader = message
    while let field = try reader.next() {
      switch field.number {
      case 1: name = try field.text()
      case 2: try readType(field.message())
      default: break
      }
    }
  }

  private mutating func readType(_ message: WireReader) throws(ContentError) {
    var reader = message
    while let field = try reader.next() {
      guard field.number == 1 else { continue }
      var tensor = try field.message()
      while let part = try tensor.next() {
        switch part.number {
        case 1: type = ONNXType(rawValue: try part.integer())
        case 2: extents = try Self.extents(part.message())
        default: break
        }
      }
    }
  }

  private static func extents(_ message: WireReader) throws(ContentError) -> [Extent] {
    var reader = message
    var extents: [Extent] = []
    while let field = try reader.next() {
      guard field.number == 1 else { continue }
      var extent = Extent.symbol("")
      var dimension = try field.message()
      while let part = try dimension.next() {
        switch part.number {
        case 1:
          let number = try part.integer()
          extent = number > 0 ? .number(number) : .symbol("")
        case 2: extent = .symbol(try part.text())
        default: break
        }
      }
      extents.append(extent)
    }
    return extents
  }
}

extension ONNXTensor {
  init(_ message: WireReader, at offset: Int) throws(ContentError) {
    var reader = message
    var (numbers, integers): ([Double], [Int]) = ([], [])
    var raw: ByteBuffer?
    var external: [String: String] = [:]
    self.offset = offset
    while let field = try reader.next() {
      switch field.number {
      case 1: try field.append(to: &shape)
      case 2: type = try Self.type(field)
      case 4: try field.appendFloats(to: &numbers)
      case 5, 7, 11: try field.append(to: &integers)
      case 8: name = try field.text()
      case 9: raw = try field.content()
      case 10: try field.appendDoubles(to: &numbers)
      case 13:
        let (key, value) = try Self.entry(field.message())
        external[key] = value
      default: break
      }
    }
    if let location = external["location"] {
      content = .external(location: location, offset: Int(external["offset"] ?? "0") ?? -1, length: external["length"].flatMap { Int($0) })
    } else if let raw {
      content = .raw(raw)
    } else {
      content = .numbers(numbers.isEmpty ? decoded(integers) : numbers)
    }
  }

  /// Half precision lies in the list of integers as bits.
  private func decoded(_ integers: [Int]) -> [Double] {
    switch type {
    case .float16: integers.map { Double(Float(Float16(bitPattern: UInt16(truncatingIfNeeded: $0)))) }
    case .bfloat16: integers.map { Double(Float(bitPattern: UInt32(truncatingIfNeeded: $0) << 16)) }
    default: integers.map { Double($0) }
    }
  }

  private static func type(_ field: WireField) throws(ContentError) -> ONNXType {
    let number = try field.integer()
    guard let type = ONNXType(rawValue: number) else {
      throw ContentError("a tensor has elements of the type \(number), which is not supported", place: "byte \(field.offset)")
    }
    return type
  }

  private static func entry(_ message: WireReader) throws(ContentError) -> (String, String) {
    var reader = message
    var (key, value) = ("", "")
    while let field = try reader.next() {
      switch field.number {
      case 1: key = try field.text()
      case 2: value = try field.text()
      default: break
      }
    }
    return (key, value)
  }
}
