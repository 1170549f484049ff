import NNData

/// An ONNX file, as far as it matters to what a network computes.
package struct ONNXModel: Sendable {
  package var irVersion = 8
  package var producer = ""
  /// The version of the standard operators.
  package var opset = 0
  /// Versions of other operators, by domain.
  package var otherDomains: [String] = []
  package var graph = ONNXGraph()
}

package struct ONNXGraph: Sendable {
  package var name = ""
  package var nodes: [ONNXNode] = []
  package var initializers: [ONNXTensor] = []
  package var inputs: [ONNXPort] = []
  package var outputs: [ONNXPort] = []
  var sparseInitializers = 0
}

package struct ONNXNode: Sendable {
  package var type: String
  package var name = ""
  package var domain = ""
  /// Names of values; an empty one is an argument left out.
  package var inputs: [String]
  package var outputs: [String]
  package var attributes: [ONNXAttribute] = []

  init(_ type: String, _ inputs: [String], _ outputs: [String], _ attributes: [ONNXAttribute] = []) {
    self.type = type
    self.inputs = inputs
    self.outputs = outputs
    self.attributes = attributes
  }
}

package struct ONNXAttribute: Sendable {
  package enum Value: Sendable {
    case float(Double)
    case integer(Int)
    case text(String)
    case tensor(ONNXTensor)
    case floats([Double])
    case integers([Int])
    case texts([String])
    /// A graph, or whatever else operators of networks do not have.
    case other
  }

  package var name: String
  package var value: Value

  init(_ name: String, _ value: Value) {
    self.name = name
    self.value = value
  }

  init(_ name: String, _ integer: Int) { self.init(name, .integer(integer)) }
  init(_ name: String, _ integers: [Int]) { self.init(name, .integers(integers)) }
  init(_ name: String, float: Double) { self.init(name, .float(float)) }
  init(_ name: String, text: String) { self.init(name, .text(text)) }
}

/// How ONNX numbers types of elements.
package enum ONNXType: Int, Sendable {
  case float32 = 1
  case uint8, int8, uint16, int16, int32, int64
  case text
  case bool, float16, float64, uint32, uint64
  case bfloat16 = 16
}

package struct ONNXTensor: Sendable {
  enum Content: Sendable {
    case raw(ByteBuffer)
    case numbers([Double])
    case external(location: String, offset: Int, length: Int?)
    /// As they are written.
    case bytes([UInt8])
  }

  package var name = ""
  package var shape: [Int] = []
  package var type = ONNXType.float32
  var content = Content.numbers([])
  /// In the file.
  var offset = 0
}

/// An input or output of the graph.
package struct ONNXPort: Sendable {
  package enum Extent: Hashable, Sendable {
    case number(Int)
    case symbol(String)
  }

  package var name: String
  package var type: ONNXType?
  /// Nil where the file does not say.
  package var extents: [Extent]?

  init(_ name: String, _ type: ONNXType?, _ extents: [Extent]?) {
    self.name = name
    self.type = type
    self.extents = extents
  }
}
