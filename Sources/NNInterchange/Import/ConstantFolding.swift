import NNData
import NNGraph

/// Carries out nodes of which all inputs are known: exporters write much arithmetic on shapes.
enum ConstantFolding {
  private typealias Fold = @Sendable (NodeReader, [Constant]) throws -> Constant

  /// The node's result; nil where the node has to be brought over like any other.
  static func result(of node: NodeReader) throws -> Constant? {
    guard let fold = folds[node.node.type], let inputs = constants(node) else { return nil }
    guard inputs.reduce(0, { $0 + min($1.room, Constant.most + 1) }) <= Constant.most else { return nil }
    let tellsExamples = inputs.contains(where: \.tellsExamples)
    guard !tellsExamples || saysShape(node, inputs, fold) else {
      throw ImportProblem("it computes with the number of examples, which is open")
    }
    var result = try fold(node, inputs)
    try Extents.check(result.shape)
    result.isWeight = try inputs.contains { $0.isWeight } && result.isFinite()
    result.tellsExamples = try tellsExamples && result.countsExamples()
    return result
  }

  /// Whether what comes out says no more of the number of examples than a shape does: how many there are, or so many times that. What comes out for
  /// other numbers of examples tells.
  private static func saysShape(_ node: NodeReader, _ inputs: [Constant], _ fold: Fold) -> Bool {
    guard let result = try? fold(node, inputs) else { return false }
    return [1, 2, 2 * Importer.openExamples + 1].allSatisfy { examples in
      guard let others = try? inputs.map({ $0.tellsExamples ? try $0.for(examples) : $0 }), let other = try? fold(node, others) else {
        return false
      }
      return (try? result.agrees(with: other, for: examples)) ?? false
    }
  }

  private static func constants(_ node: NodeReader) -> [Constant]? {
    var inputs: [Constant] = []
    for input in node.inputs {
      guard case .constant(let constant)? = input else { return nil }
      inputs.append(constant)
    }
    return inputs
  }

  /// Whether it combines constants to a tensor for each of an open number of examples, which cannot be written down.
  static func isForEachExample(_ node: NodeReader) -> Bool {
    guard binary[node.node.type] != nil, let inputs = constants(node) else { return false }
    return inputs.contains(where: \.isForEachExample) && !inputs.allSatisfy { $0.uniform != nil }
  }

  /// Whether nodes of this operator can at least be carried out.
  static func knows(_ type: String) -> Bool { folds[type] != nil }

  private static let folds: [String: Fold] = unary.merging(binary) { first, _ in first }.merging(shapes) { first, _ in first }

  // MARK: Elementwise

  private static let unary: [String: Fold] = [
    "Neg": each { -$0 }, "Abs": each { abs($0) }, "Sqrt": each { $0.squareRoot() }, "Floor": each { $0.rounded(.down) },
    "Ceil": each { $0.rounded(.up) }, "Reciprocal": each { 1 / $0 }, "Not": each { $0 == 0 ? 1 : 0 },
    "Exp": each { UnaryPrimitive.exp.evaluate($0) }, "Log": each { UnaryPrimitive.log.evaluate($0) },
    "Identity": { _, inputs in try first(inputs) },
    "Cast": { node, inputs in
      var result = try first(inputs)
      let kind = try Constant.Kind(onnx: node.integer("to", 1))
      guard kind != result.kind else { return result }
      result = Constant(
        result.shape, kind,
        try result.numbers().map { kind == .truth ? ($0 == 0 ? 0 : 1) : kind == .integer ? Double(Constant.integer($0)) : $0 })
      return result
    },
  ]

  private static func each(_ function: @escaping @Sendable (Double) -> Double) -> Fold {
    { _, inputs in
      let x = try first(inputs)
      if let number = x.uniform { return Constant(x.shape, x.kind, everywhere: function(number)) }
      return Constant(x.shape, x.kind, try x.numbers().map(function))
    }
  }

  private static let binary: [String: Fold] = [
    "Add": pairs { $0 + $1 }, "Sub": pairs { $0 - $1 }, "Mul": pairs { $0 * $1 }, "Max": pairs { Swift.max($0, $1) },
    "Min": pairs { Swift.min($0, $1) }, "And": pairs(.truth) { $0 * $1 }, "Or": pairs(.truth) { Swift.max($0, $1) },
    "Equal": pairs(.truth) { $0 == $1 ? 1 : 0 }, "Less": pairs(.truth) { $0 < $1 ? 1 : 0 }, "Greater": pairs(.truth) { $0 > $1 ? 1 : 0 },
    "LessOrEqual": pairs(.truth) { $0 <= $1 ? 1 : 0 }, "GreaterOrEqual": pairs(.truth) { $0 >= $1 ? 1 : 0 },
    "Pow": pairs { BinaryPrimitive.pow.evaluate($0, $1) },
    "Div": { node, inputs in
      let isWhole = try first(inputs).kind == .integer
      return try pairs { isWhole ? ($1 == 0 ? 0 : ($0 / $1).rounded(.towardZero)) : $0 / $1 }(node, inputs)
    },
    "Mod": { node, inputs in
      let isTruncating = try node.flag("fmod", false)
      return try pairs { x, y in y == 0 ? .nan : x - y * (x / y).rounded(isTruncating ? .towardZero : .down) }(node, inputs)
    },
    "Where": { _, inputs in
      guard inputs.count == 3 else { throw ImportProblem("it has \(inputs.count) inputs, not 3") }
      let shape = try NNInterchange.broadcast(inputs.map(\.shape))
      let spread = try inputs.map { try ConstantViews.expanded($0, to: shape).numbers() }
      return Constant(shape, inputs[1].kind, spread[0].indices.map { spread[0][$0] != 0 ? spread[1][$0] : spread[2][$0] })
    },
  ]

  private static func pairs(_ kind: Constant.Kind? = nil, _ function: @escaping @Sendable (Double, Double) -> Double) -> Fold {
    { _, inputs in
      var result = try first(inputs)
      for other in inputs.dropFirst() {
        let shape = try NNInterchange.broadcast([result.shape, other.shape])
        let kind = kind ?? result.kind
        if let x = result.uniform, let y = other.uniform {
          result = Constant(shape, kind, everywhere: function(x, y))
        } else {
          let (left, right) = (
            try ConstantViews.expanded(result, to: shape).numbers(), try ConstantViews.expanded(other, to: shape).numbers()
          )
          result = Constant(shape, kind, zip(left, right).map(function))
        }
      }
      return result
    }
  }

  private static func first(_ inputs: [Constant]) throws -> Constant {
    guard let first = inputs.first else { throw ImportProblem("it has no input") }
    return first
  }

  // MARK: Shapes

  private static let shapes: [String: Fold] = [
    "Reshape": { node, inputs in
      let x = try first(inputs)
      let target = try node.integers(1, or: "shape", saysShape: true) ?? []
      return x.reshaped(try ShapeRules.reshaped(x.shape, target, allowsZero: node.flag("allowzero", false)))
    },
    "Flatten": { node, inputs in
      let x = try first(inputs)
      let axis = try ShapeRules.flatteningAxis(node, rank: x.shape.count)
      return x.reshaped([try checkedCount(Array(x.shape.prefix(axis))), try checkedCount(Array(x.shape.dropFirst(axis)))])
    },
    "Squeeze": { node, inputs in
      let x = try first(inputs)
      return x.reshaped(try ShapeRules.squeezed(x.shape, node.integers(1, or: "axes")))
    },
    "Unsqueeze": { node, inputs in
      let x = try first(inputs)
      return x.reshaped(try ShapeRules.unsqueezed(x.shape, node.integers(1, or: "axes") ?? []))
    },
    "Transpose": { node, inputs in
      let x = try first(inputs)
      return try ConstantViews.transposed(x, try ShapeRules.permutation(node, rank: x.shape.count))
    },
    "Concat": { node, inputs in
      let x = try first(inputs)
      return try ConstantViews.joined(inputs, axis: try node.integer("axis", 0).axis(of: x.shape.count))
    },
    "Slice": { node, inputs in
      let x = try first(inputs)
      return try ShapeRules.slices(node, x.shape).enumerated().reduce(x) { part, slice in
        try ConstantViews.taken(part, axis: slice.offset, slice.element.places)
      }
    },
    "Gather": { node, inputs in
      guard inputs.count == 2 else { throw ImportProblem("it has \(inputs.count) inputs, not 2") }
      let axis = try node.integer("axis", 0).axis(of: inputs[0].shape.count)
      let places = try inputs[1].integers().map { try ShapeRules.place($0, in: inputs[0].shape[axis]) }
      let taken = try ConstantViews.taken(inputs[0], axis: axis, places)
      return taken.reshaped(Array(inputs[0].shape.prefix(axis)) + inputs[1].shape + inputs[0].shape.dropFirst(axis + 1))
    },
    "Range": { _, inputs in
      guard inputs.count == 3 else { throw ImportProblem("it has \(inputs.count) inputs, not 3") }
      let ends = try inputs.map { try $0.numbers().first ?? 0 }
      let count = ((ends[1] - ends[0]) / ends[2]).rounded(.up)
      guard count < 1e6 else { throw ImportProblem("a range of \(count) numbers is too long, or none") }
      let whole = Int(Swift.max(count, 0))
      return Constant([whole], inputs[0].kind, (0..<whole).map { ends[0] + Double($0) * ends[2] })
    },
    "ConstantOfShape": { node, inputs in
      let shape = try first(inputs).list()
      try Extents.check(shape)
      guard case .tensor(let tensor)? = node.value("value") else { return Constant(shape, .real, everywhere: 0) }
      let number = try tensor.constant { (_) throws(DataError) in throw .file(path: "", message: "no file", help: nil) }
      return Constant(shape, number.kind, everywhere: try number.numbers().first ?? 0)
    },
    "Trilu": { node, inputs in
      let x = try first(inputs)
      guard x.shape.count >= 2 else { throw ImportProblem("\(x.shape) is no matrix") }
      let (rows, columns) = (x.shape[x.shape.count - 2], x.shape[x.shape.count - 1])
      let diagonal = inputs.count > 1 ? try inputs[1].integers().first ?? 0 : 0
      let isUpper = try node.flag("upper", true)
      return Constant(
        x.shape, x.kind,
        try x.numbers().enumerated().map { place, number in
          let (row, column) = (place / columns % rows, place % columns)
          return (isUpper ? column >= row + diagonal : column <= row + diagonal) ? number : 0
        })
    },
    "ReduceProd": { node, inputs in
      let x = try first(inputs)
      let axes = try ShapeRules.reducedAxes(node, rank: x.shape.count)
      return try axes == nil ? x : ConstantViews.product(x, over: axes ?? [], keepsAxes: node.flag("keepdims", true))
    },
  ]
}

extension Constant.Kind {
  init(onnx number: Int) throws {
    switch ONNXType(rawValue: number) {
    case .float32, .float16, .float64, .bfloat16: self = .real
    case .bool: self = .truth
    case .text, nil: throw ImportProblem("elements of the type \(number) are not supported")
    default: self = .integer
    }
  }
}
