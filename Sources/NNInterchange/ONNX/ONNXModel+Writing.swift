extension ONNXModel {
  /// The file's bytes.
  package var bytes: [UInt8] {
    var writer = WireWriter()
    writer.write(1, irVersion)
    writer.write(2, producer)
    writer.write(7) { graph.write(to: &$0) }
    writer.write(8) {
      $0.write(1, ""); $0.write(2, opset)
    }
    return writer.bytes
  }
}

extension ONNXGraph {
  fileprivate func write(to writer: inout WireWriter) {
    for node in nodes { writer.write(1) { node.write(to: &$0) } }
    writer.write(2, name)
    for tensor in initializers { writer.write(5) { tensor.write(to: &$0) } }
    for port in inputs { writer.write(11) { port.write(to: &$0) } }
    for port in outputs { writer.write(12) { port.write(to: &$0) } }
  }
}

extension ONNXNode {
  fileprivate func write(to writer: inout WireWriter) {
    for input in inputs { writer.write(1, input) }
    for output in outputs { writer.write(2, output) }
    if !name.isEmpty { writer.write(3, name) }
    writer.write(4, type)
    for attribute in attributes { writer.write(5) { attribute.write(to: &$0) } }
  }
}

extension ONNXAttribute {
  fileprivate func write(to writer: inout WireWriter) {
    writer.write(1, name)
    switch value {
    case .float(let number):
      writer.write(2, float: number)
      writer.write(20, 1)
    case .integer(let number):
      writer.write(3, number)
      writer.write(20, 2)
    case .text(let text):
      writer.write(4, text)
      writer.write(20, 3)
    case .tensor(let tensor):
      writer.write(5) { tensor.write(to: &$0) }
      writer.write(20, 4)
    case .floats(let numbers):
      for number in numbers { writer.write(7, float: number) }
      writer.write(20, 6)
    case .integers(let numbers):
      for number in numbers { writer.write(8, number) }
      writer.write(20, 7)
    case .texts(let texts):
      for text in texts { writer.write(9, text) }
      writer.write(20, 8)
    case .other: break
    }
  }
}

extension ONNXTensor {
  static func reals(_ name: String, _ shape: [Int], _ numbers: [Double]) -> ONNXTensor {
    var writer = WireWriter()
    for number in numbers { writer.append(Float(number).bitPattern) }
    return ONNXTensor(name: name, shape: shape, type: .float32, content: .bytes(writer.bytes))
  }

  static func integers(_ name: String, _ shape: [Int], _ numbers: [Int]) -> ONNXTensor {
    var writer = WireWriter()
    for number in numbers { writer.append(Int64(number)) }
    return ONNXTensor(name: name, shape: shape, type: .int64, content: .bytes(writer.bytes))
  }

  fileprivate func write(to writer: inout WireWriter) {
    for extent in shape { writer.write(1, extent) }
    writer.write(2, type.rawValue)
    writer.write(8, name)
    if case .bytes(let bytes) = content { writer.write(9, bytes) }
  }
}

extension ONNXPort {
  fileprivate func write(to writer: inout WireWriter) {
    writer.write(1, name)
    writer.write(2) { type in
      type.write(1) { tensor in
        tensor.write(1, (self.type ?? .float32).rawValue)
        tensor.write(2) { shape in
          for extent in extents ?? [] {
            shape.write(1) { dimension in
              switch extent {
              case .number(let number): dimension.write(1, number)
              case .symbol(let name): dimension.write(2, name)
              }
            }
          }
        }
      }
    }
  }
}
