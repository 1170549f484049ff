import NNGraph
import NNOperations

/// Calls of layers and functions, as the operators that do the same.
extension ONNXExport {
  mutating func add(_ type: String, _ call: FunctionCall, _ attributes: ONNXAttribute...) -> String {
    writer.add(type, [name(call.value("x"))], attributes, results: 1)[0]
  }

  private mutating func weight(_ role: String, of call: FunctionCall, _ shape: [Int]) -> String {
    weight("\(call.scope.prefix).\(role)", shape)
  }

  // MARK: Along axes

  mutating func alongAxis(_ type: String, _ call: FunctionCall) -> String {
    let rank = call.type("x").shape.rank
    let axis = call.list("axis")?.first ?? -1
    return add(type, call, ONNXAttribute("axis", (axis < 0 ? axis + rank : axis) + 1))
  }

  mutating func reduced(_ type: String, _ call: FunctionCall) -> String {
    let rank = call.type("x").shape.rank
    let axes = (call.list("axis") ?? Array(0..<rank)).map { ($0 < 0 ? $0 + rank : $0) + 1 }.sorted()
    guard !axes.isEmpty else { return name(call.value("x")) }
    let keeps = call.flag("keep", default: false)
    return add(type, call, ONNXAttribute("axes", axes), ONNXAttribute("keepdims", keeps ? 1 : 0))
  }

  // MARK: Products

  mutating func dense(_ call: FunctionCall) -> String {
    let shape = call.type("x").shape
    let (units, width) = (call.wholeNumber("units"), shape[shape.rank - 1])
    let hasBias = call.flag("bias", default: true)
    if shape.rank == 1 {
      let x = name(call.value("x"))
      let inputs = [x, weight("weight", of: call, [units, width])] + (hasBias ? [weight("bias", of: call, [units])] : [])
      return writer.add("Gemm", inputs, ONNXAttribute("transB", 1))
    }
    return projection(name(call.value("x")), call, ["weight", hasBias ? "bias" : ""], units: units, width: width)
  }

  /// x W' + b along the last axis.
  private mutating func projection(_ x: String, _ call: FunctionCall, _ roles: [String], units: Int, width: Int) -> String {
    let name = "\(call.scope.prefix).\(roles[0])"
    let columns = transposed(numbers(of: name), rows: units, columns: width)
    let product = writer.add("MatMul", [x, writer.weight("\(name).transposed", [width, units]) { columns }])
    return roles[1].isEmpty ? product : writer.add("Add", [product, weight(roles[1], of: call, [units])])
  }

  mutating func attention(_ call: FunctionCall) -> String {
    let (heads, shape) = (call.wholeNumber("heads"), call.type("x").shape)
    let (length, width) = (shape[0], shape[1])
    let all = projection(name(call.value("x")), call, ["weight", "bias"], units: 3 * width, width: width)
    let parts = writer.add("Split", [all, writer.integers([width, width, width])], [ONNXAttribute("axis", 2)], results: 3)
    // Queries and values by head, keys transposed.
    let split = zip(parts, [[0, 2, 1, 3], [0, 2, 3, 1], [0, 2, 1, 3]]).map { part, order in
      let byHead = writer.add("Reshape", [part, writer.integers([-1, length, heads, width / heads])])
      return writer.add("Transpose", [byHead], ONNXAttribute("perm", order))
    }
    let products = writer.add("MatMul", [split[0], split[1]])
    var scores = writer.add("Mul", [products, writer.real(1 / Double(width / heads).squareRoot())])
    if call.flag("causal", default: false) {
      let mask = (0..<(length * length)).map { $0 % length > $0 / length ? -1e30 : 0 }
      scores = writer.add("Add", [scores, writer.reals(mask, [length, length])])
    }
    let found = writer.add("MatMul", [writer.add("Softmax", [scores], ONNXAttribute("axis", -1)), split[2]])
    let joined = writer.add("Transpose", [found], ONNXAttribute("perm", [0, 2, 1, 3]))
    let flat = writer.add("Reshape", [joined, writer.integers([-1, length, width])])
    return projection(flat, call, ["out_weight", "out_bias"], units: width, width: width)
  }

  private func transposed(_ numbers: [Double], rows: Int, columns: Int) -> [Double] {
    guard numbers.count == rows * columns else { return [] }
    return (0..<columns).flatMap { column in (0..<rows).map { numbers[$0 * columns + column] } }
  }

  // MARK: Windows

  private func sizes(_ call: FunctionCall, _ name: String) -> [Int] {
    let given = call.list(name) ?? []
    return given.count == 1 ? given + given : given
  }

  private func windowAttributes(_ call: FunctionCall, size: String, stride: [Int]?) -> [ONNXAttribute] {
    let extents = Array(call.type("x").shape.dimensions.suffix(2))
    guard let windows = try? call.windows(size: size, stride: stride, over: extents) else { return [] }
    var attributes = [ONNXAttribute("kernel_shape", windows.map(\.size)), ONNXAttribute("strides", windows.map(\.stride))]
    attributes.append(ONNXAttribute("pads", windows.map(\.before) + windows.map(\.after)))
    return attributes
  }

  mutating func convolution(_ call: FunctionCall) -> String {
    let (channels, groups) = (call.wholeNumber("channels"), call.wholeNumber("groups", default: 1))
    let shape = [channels, call.type("x").shape[0] / groups] + sizes(call, "kernel")
    return convolution("Conv", call, shape, windowAttributes(call, size: "kernel", stride: [1, 1]))
  }

  private mutating func convolution(_ type: String, _ call: FunctionCall, _ shape: [Int], _ attributes: [ONNXAttribute]) -> String {
    let channels = call.wholeNumber("channels")
    let dilation = sizes(call, "dilation")
    let more = [
      ONNXAttribute("dilations", dilation.isEmpty ? [1, 1] : dilation), ONNXAttribute("group", call.wholeNumber("groups", default: 1)),
    ]
    var inputs = [name(call.value("x")), weight("weight", of: call, shape)]
    if call.flag("bias", default: true) { inputs.append(weight("bias", of: call, [channels])) }
    return writer.add(type, inputs, attributes + more, results: 1)[0]
  }

  mutating func transposedConvolution(_ call: FunctionCall) -> String {
    let (channels, groups) = (call.wholeNumber("channels"), call.wholeNumber("groups", default: 1))
    let shape = [call.type("x").shape[0], channels / groups] + sizes(call, "kernel")
    func pair(_ name: String, _ standard: Int) -> [Int] {
      let given = sizes(call, name)
      return given.isEmpty ? [standard, standard] : given
    }
    let pads = pair("pad", 0)
    let attributes = [
      ONNXAttribute("kernel_shape", sizes(call, "kernel")), ONNXAttribute("strides", pair("stride", 1)), ONNXAttribute("pads", pads + pads),
      ONNXAttribute("output_padding", pair("output_pad", 0)),
    ]
    return convolution("ConvTranspose", call, shape, attributes)
  }

  mutating func pool(_ type: String, _ call: FunctionCall, _ attributes: ONNXAttribute...) -> String {
    writer.add(type, [name(call.value("x"))], windowAttributes(call, size: "size", stride: nil) + attributes, results: 1)[0]
  }

  mutating func flattened(_ type: String, _ call: FunctionCall) -> String {
    writer.add("Flatten", [add(type, call)], ONNXAttribute("axis", 1))
  }

  mutating func upsampled(_ call: FunctionCall) -> String {
    let scale = sizes(call, "scale")
    let scales = writer.reals([1, 1] + scale.map { Double($0) }, [4])
    let attributes = [
      ONNXAttribute("mode", text: "nearest"), ONNXAttribute("coordinate_transformation_mode", text: "asymmetric"),
      ONNXAttribute("nearest_mode", text: "floor"),
    ]
    return writer.add("Resize", [name(call.value("x")), "", scales], attributes, results: 1)[0]
  }

  // MARK: Normalisation

  mutating func batchNormalization(_ call: FunctionCall) -> String {
    let channels = call.type("x").shape[0]
    let tensors = ["scale", "bias", "mean", "variance"].map { weight($0, of: call, [channels]) }
    let attributes = [
      ONNXAttribute("epsilon", float: call.number("epsilon", default: 1e-5)),
      ONNXAttribute("momentum", float: 1 - call.number("momentum", default: 0.1)),
    ]
    return writer.add("BatchNormalization", [name(call.value("x"))] + tensors, attributes, results: 1)[0]
  }

  mutating func layerNormalization(_ call: FunctionCall) -> String {
    let width = call.type("x").shape.dimensions.last ?? 1
    let tensors = ["scale", "bias"].map { weight($0, of: call, [width]) }
    let attributes = [ONNXAttribute("axis", -1), ONNXAttribute("epsilon", float: call.number("epsilon", default: 1e-5))]
    return writer.add("LayerNormalization", [name(call.value("x"))] + tensors, attributes, results: 1)[0]
  }

  mutating func localNormalization(_ call: FunctionCall) -> String {
    let size = call.wholeNumber("size")
    return add(
      "LRN", call, ONNXAttribute("size", size), ONNXAttribute("alpha", float: call.number("alpha", default: 1e-4) * Double(size)),
      ONNXAttribute("beta", float: call.number("beta", default: 0.75)), ONNXAttribute("bias", float: call.number("k", default: 2)))
  }

  // MARK: Sequences

  /// A recurrent layer; ONNX has the steps before the examples and its own order of gates: `gates` says which of ours comes when.
  mutating func recurrent(_ type: String, _ call: FunctionCall, gates: [Int], _ attributes: ONNXAttribute...) -> String {
    let (units, width) = (call.wholeNumber("units"), call.type("x").shape[1])
    let count = gates.count * units
    let zeros = [Double](repeating: 0, count: count)
    let inputs = [
      writer.add("Transpose", [name(call.value("x"))], ONNXAttribute("perm", [1, 0, 2])),
      recurrentWeight("weight_input", call, [1, count, width], gates),
      recurrentWeight("weight_hidden", call, [1, count, units], gates),
      recurrentWeight("bias", call, [1, 2 * count], gates, followedBy: zeros),
    ]
    let steps = writer.add(type, inputs, [ONNXAttribute("hidden_size", units)] + attributes, results: 1)[0]
    let hidden = writer.add("Squeeze", [steps, writer.integers([1])])
    return writer.add("Transpose", [hidden], ONNXAttribute("perm", [1, 0, 2]))
  }

  private mutating func recurrentWeight(
    _ role: String, _ call: FunctionCall, _ shape: [Int], _ gates: [Int], followedBy rest: [Double] = []
  ) -> String {
    let name = "\(call.scope.prefix).\(role)"
    let numbers = numbers(of: name)
    let size = numbers.count / gates.count
    return writer.weight("\(name).\(call.wholeNumber("units"))", shape) {
      gates.flatMap { numbers[($0 * size)..<(($0 + 1) * size)] } + rest
    }
  }
}
