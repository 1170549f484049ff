import NNGraph
import NNSource

/// The forms that a graph consists of, as ONNX operators.
extension ONNXExport {
  /// Writes a node and returns its result's name; nil for a constant, which is written where it is needed.
  mutating func write(_ node: Node) -> String? {
    switch node.operation.lowering {
    case .source(let argument): return source(argument, node)
    case .constant: return nil
    case .literal(let numbers): return writer.reals(numbers, node.type.shape.dimensions)
    case .elementwise(let expression): return elementwise(expression, node)
    case .reduction(let kind, let axes, let batch): return reduction(kind, axes: axes, batch: batch, node)
    case .contraction(let labels): return product(labels, node)
    case .reshape: return reshaped(node)
    case .view: return viewed(node)
    case .place(let placements): return placed(placements, node)
    case .gather: return writer.add("Gather", [name(node.inputs[0]), name(node.inputs[1])], ONNXAttribute("axis", 0))
    case .windows(let windows): return windowed(windows, node)
    case .fold(let windows): return folded(windows, node)
    case .modal: return expanded(node.inputs[1], to: node.type)
    case .stop: return name(node.inputs[0])
    case .scatter, .draw:
      report("'\(Swift.type(of: node.operation).mnemonic)' cannot be written as ONNX", at: node.range)
      return ""
    }
  }

  /// The tensor of a value, in full.
  mutating func name(_ value: Value) -> String {
    if let name = names[value.id] { return name }
    guard let number = graph.constant(value) else { return "" }
    let type = graph.type(value)
    let name = expanded(writer.real(number), rank: 0, isBatched: false, to: type)
    names[value.id] = name
    return name
  }

  // MARK: Shapes

  /// The extents in the file; the number of examples is -1, which `Reshape` takes for what is left.
  func extents(_ type: ValueType) -> [Int] { (type.isBatched ? [-1] : []) + type.shape.dimensions }

  mutating func reshape(_ name: String, to extents: [Int], at range: SourceRange? = nil) -> String {
    if extents.contains(0) { report("a tensor without elements cannot be reshaped in ONNX", at: range) }
    return writer.add("Reshape", [name, writer.integers(extents)])
  }

  private mutating func reshaped(_ node: Node) -> String {
    let input = name(node.inputs[0])
    guard graph.shape(node.inputs[0]) != node.type.shape else { return input }
    if node.type.isBatched, node.type.shape.rank == 1 { return writer.add("Flatten", [input], ONNXAttribute("axis", 1)) }
    return reshape(input, to: extents(node.type), at: node.range)
  }

  /// A value with axes of extent 1 after the batch, so that it has `rank` axes per example and broadcasts as the language has it.
  mutating func aligned(_ value: Value, rank: Int) -> String {
    if let number = graph.constant(value) { return writer.real(number) }
    let type = graph.type(value)
    return aligned(name(value), type, rank: rank)
  }

  mutating func aligned(_ name: String, _ type: ValueType, rank: Int) -> String {
    guard type.isBatched, type.shape.rank < rank else { return name }
    let missing = rank - type.shape.rank
    return writer.add("Unsqueeze", [name, writer.integers(Array(1...missing))])
  }

  mutating func expanded(_ value: Value, to type: ValueType) -> String {
    let from = graph.type(value)
    guard from != type else { return name(value) }
    return expanded(aligned(value, rank: type.shape.rank), rank: from.shape.rank, isBatched: from.isBatched, to: type)
  }

  /// Repeats a tensor, already aligned, along what `type` has more.
  mutating func expanded(_ name: String, rank: Int, isBatched: Bool, to type: ValueType) -> String {
    if type.shape.rank == 0 && isBatched == type.isBatched { return name }
    var shape = type.shape.dimensions
    if isBatched || !type.isBatched {
      if isBatched { shape = [1] + shape }
      return writer.add("Expand", [name, writer.integers(shape)])
    }
    let count = examples(at: nil)
    let full = shape.isEmpty ? count : writer.add("Concat", [count, writer.integers(shape)], ONNXAttribute("axis", 0))
    return writer.add("Expand", [name, full])
  }

  // MARK: Reductions

  private mutating func reduction(_ kind: ReductionKind, axes: [Int], batch: Bool, _ node: Node) -> String {
    let input = graph.type(node.inputs[0])
    if batch && input.isBatched { report("a sum over the examples of a batch has no place in an ONNX graph for use", at: node.range) }
    let tensor = name(node.inputs[0])
    let places = axes.map { $0 + (input.isBatched ? 1 : 0) }
    let gone = ONNXAttribute("keepdims", 0)
    switch kind {
    case .sum: return writer.add("ReduceSum", [tensor, writer.integers(places)], gone)
    case .max: return writer.add("ReduceMax", [tensor], ONNXAttribute("axes", places), gone)
    case .min: return writer.add("ReduceMin", [tensor], ONNXAttribute("axes", places), gone)
    case .argmax:
      let index = writer.add("ArgMax", [tensor], ONNXAttribute("axis", places[0]), gone)
      return writer.add("Cast", [index], ONNXAttribute("to", ONNXType.float32.rawValue))
    }
  }
}
