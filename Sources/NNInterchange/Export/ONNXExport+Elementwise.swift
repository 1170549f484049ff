import NNGraph

/// Expressions, an operator for each primitive.
extension ONNXExport {
  mutating func elementwise(_ expression: ScalarExpression, _ node: Node) -> String {
    let shape = node.type.shape
    guard !node.inputs.isEmpty else {
      return expanded(real(expression, [], shape), rank: shape.rank, isBatched: false, to: node.type)
    }
    // Constants are written as single numbers, unless the result has its shape from one.
    let others = node.inputs.filter { graph.constant($0) == nil }
    let reached = others.reduce(Shape.scalar as Shape?) { $0?.broadcast(with: graph.shape($1)) }
    let isReached = reached == shape && others.contains { graph.type($0).isBatched } == node.type.isBatched
    var operands: [String] = []
    for input in node.inputs {
      let isNumber = isReached && graph.constant(input) != nil
      operands.append(isNumber ? aligned(input, rank: shape.rank) : aligned(name(input), graph.type(input), rank: shape.rank))
    }
    return real(expression, operands, shape)
  }

  private mutating func real(_ expression: ScalarExpression, _ operands: [String], _ shape: Shape) -> String {
    switch expression {
    case .input(let index): return operands[index]
    case .constant(let number): return writer.real(number)
    case .coordinate(let axis):
      let extents = shape.dimensions.indices.map { $0 == axis ? shape[axis] : 1 }
      return writer.reals((0..<shape[axis]).map { Double($0) }, extents)
    case .unary(let primitive, let operand): return unary(primitive, real(operand, operands, shape))
    case .binary(let primitive, let lhs, let rhs):
      if let truth = truth(expression, operands, shape) { return cast(truth, to: .float32) }
      return writer.add(Self.operators[primitive] ?? "", [real(lhs, operands, shape), real(rhs, operands, shape)])
    case .select(let condition, let first, let second):
      let chosen = truth(condition, operands, shape) ?? cast(real(condition, operands, shape), to: .bool)
      return writer.add("Where", [chosen, real(first, operands, shape), real(second, operands, shape)])
    }
  }

  private static let operators: [BinaryPrimitive: String] = [
    .add: "Add", .subtract: "Sub", .multiply: "Mul", .divide: "Div", .max: "Max", .min: "Min", .pow: "Pow",
  ]

  private static let operatorsOfOne: [UnaryPrimitive: String] = [
    .negate: "Neg", .absolute: "Abs", .sqrt: "Sqrt", .exp: "Exp", .log: "Log", .sin: "Sin", .cos: "Cos", .tanh: "Tanh", .sigmoid: "Sigmoid",
    .erf: "Erf", .floor: "Floor", .relu: "Relu",
  ]

  /// A comparison as ONNX has them; nil for what is none.
  private mutating func truth(_ expression: ScalarExpression, _ operands: [String], _ shape: Shape) -> String? {
    switch expression {
    case .binary(.less, let lhs, let rhs): return writer.add("Less", [real(lhs, operands, shape), real(rhs, operands, shape)])
    case .binary(.lessEqual, let lhs, let rhs): return writer.add("LessOrEqual", [real(lhs, operands, shape), real(rhs, operands, shape)])
    case .binary(.equal, let lhs, let rhs): return writer.add("Equal", [real(lhs, operands, shape), real(rhs, operands, shape)])
    case .unary(.step, let operand): return writer.add("Greater", [real(operand, operands, shape), writer.real(0)])
    default: return nil
    }
  }

  mutating func cast(_ name: String, to type: ONNXType) -> String { writer.add("Cast", [name], ONNXAttribute("to", type.rawValue)) }

  private mutating func unary(_ primitive: UnaryPrimitive, _ x: String) -> String {
    if let name = Self.operatorsOfOne[primitive] { return writer.add(name, [x]) }
    switch primitive {
    case .square: return writer.add("Mul", [x, x])
    case .step: return cast(writer.add("Greater", [x, writer.real(0)]), to: .float32)
    case .fromIndex: return cast(x, to: .float32)
    case .expm1: return lessOne(x)
    default: return onMore(x)
    }
  }

  /// e^x - 1 = tanh(x / 2) (e^x + 1), exact near 0.
  private mutating func lessOne(_ x: String) -> String {
    let half = writer.add("Tanh", [writer.add("Mul", [x, writer.real(0.5)])])
    return writer.add("Mul", [half, writer.add("Add", [writer.add("Exp", [x]), writer.real(1)])])
  }

  /// log(1 + x), which is 2 artanh(x / (2 + x)) near 0.
  private mutating func onMore(_ x: String) -> String {
    let isNear = writer.add("Less", [writer.add("Abs", [x]), writer.real(0.5)])
    let share = writer.add("Div", [x, writer.add("Add", [x, writer.real(2)])])
    let near = writer.add("Mul", [writer.add("Atanh", [share]), writer.real(2)])
    let far = writer.add("Log", [writer.add("Add", [x, writer.real(1)])])
    return writer.add("Where", [isNear, near, far])
  }
}
