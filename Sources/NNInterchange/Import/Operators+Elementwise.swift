extension Operators {
  static let elementwise: [String: Operator] = functions.merging(functionsWithNumbers) { first, _ in first }
    .merging(arithmetic) { first, _ in first }.merging(choices) { first, _ in first }

  // MARK: Of one tensor

  private static func function(_ attributes: [String] = [], _ make: @escaping @Sendable (Phrase, NodeReader) throws -> Phrase) -> Operator {
    Operator(attributes) { importer, node in
      let x = try importer.x(node)
      return [try importer.result(try make(x.phrase, node), x.shape, x.batch)]
    }
  }

  private static func function(named name: String) -> Operator { function { x, _ in .call(name, x) } }

  private static let functions: [String: Operator] = [
    "Abs": function(named: "abs"), "Cos": function(named: "cos"), "Erf": function(named: "erf"), "Exp": function(named: "exp"),
    "Floor": function(named: "floor"), "Log": function(named: "log"), "Relu": function(named: "relu"),
    "Sigmoid": function(named: "sigmoid"),
    "Sign": function(named: "sign"), "Sin": function(named: "sin"), "Softplus": function(named: "softplus"),
    "Sqrt": function(named: "sqrt"),
    "Tanh": function(named: "tanh"),
    "Atanh": function { x, _ in
      .operation("/", .operation("-", .call("log1p", x), .call("log1p", .negation(x))), .number(2))
    },
    "Sinh": function { x, _ in .operation("/", .operation("-", .call("exp", x), .call("exp", .negation(x))), .number(2)) },
    "Cosh": function { x, _ in .operation("/", .operation("+", .call("exp", x), .call("exp", .negation(x))), .number(2)) },
    "Ceil": function { x, _ in .negation(.call("floor", .negation(x))) },
    "Neg": function { x, _ in .negation(x) },
    "Reciprocal": function { x, _ in .operation("/", .number(1), x) },
    "Softsign": function { x, _ in .operation("/", x, .operation("+", .call("abs", x), .number(1))) },
    "Tan": function { x, _ in .operation("/", .call("sin", x), .call("cos", x)) },
    "HardSwish": function { x, _ in .operation("*", x, hardSigmoid(x, 1.0 / 6, 0.5)) },
    "Mish": function { x, _ in .operation("*", x, .call("tanh", .call("softplus", x))) },
    "Identity": Operator { _, node in [try node.input(0)] },
    "Dropout": Operator(["ratio", "seed"]) { importer, node in
      let x = try importer.x(node)
      let ratio = try node.constant(1, "ratio")?.numbers().first ?? node.float("ratio", 0.5)
      guard 0..<1 ~= ratio, ratio > 0 else { return [.traced(x)] }
      return [try importer.result(.call("dropout", x.phrase, (nil, .number(ratio))), x.shape, x.batch)]
    },
  ]

  private static func hardSigmoid(_ x: Phrase, _ slope: Double, _ shift: Double) -> Phrase {
    .call("clip", .operation("+", .operation("*", .number(slope), x), .number(shift)), (nil, .number(0)), (nil, .number(1)))
  }

  private static let functionsWithNumbers: [String: Operator] = [
    "LeakyRelu": function(["alpha"]) { x, node in .call("leaky_relu", x, ("slope", .number(try node.float("alpha", 0.01)))) },
    "Elu": function(["alpha"]) { x, node in
      let alpha = try node.float("alpha", 1)
      return alpha == 1 ? .call("elu", x) : .call("elu", x, ("alpha", .number(alpha)))
    },
    "Selu": function(["alpha", "gamma"]) { x, node in
      let alpha = try node.float("alpha", 1.67326319217681884765625)
      let gamma = try node.float("gamma", 1.05070102214813232421875)
      return .operation("*", .number(gamma), .call("elu", x, ("alpha", .number(alpha))))
    },
    "Celu": function(["alpha"]) { x, node in
      let alpha = try node.float("alpha", 1)
      return .operation("*", .number(alpha), .call("elu", .operation("/", x, .number(alpha))))
    },
    "HardSigmoid": function(["alpha", "beta"]) { x, node in hardSigmoid(x, try node.float("alpha", 0.2), try node.float("beta", 0.5)) },
    "ThresholdedRelu": function(["alpha"]) { x, node in
      .operation("*", x, .operation(">", x, .number(try node.float("alpha", 1))))
    },
    "Gelu": function(["approximate"]) { x, node in
      switch try node.text("approximate", "none") {
      case "none": return .call("gelu", x)
      case "tanh":
        let cubic = Phrase.operation("+", x, .operation("*", .number(0.044715), .operation("^", x, .number(3))))
        let inner = Phrase.call("tanh", .operation("*", .number(0.7978845608028654), cubic))
        return .operation("*", .operation("*", .number(0.5), x), .operation("+", .number(1), inner))
      case let other: throw ImportProblem("the approximation '\(other)' is not supported")
      }
    },
    "Clip": Operator(["min", "max"]) { importer, node in try importer.clip(node) },
    "Cast": Operator(["to", "saturate"]) { importer, node in try importer.cast(node) },
  ]

  // MARK: Of several tensors

  private static func pairs(_ kind: Traced.Kind = .real, _ make: @escaping @Sendable (Phrase, Phrase) -> Phrase) -> Operator {
    Operator { importer, node in [try importer.combined(node.inputs, kind, make)] }
  }

  private static func symbol(_ symbol: String, _ kind: Traced.Kind = .real) -> Operator { pairs(kind) { .operation(symbol, $0, $1) } }

  private static let arithmetic: [String: Operator] = [
    "Add": Operator { importer, node in try importer.addition(node) },
    "Mul": Operator { importer, node in try importer.multiplication(node) },
    "Sub": symbol("-"),
    "Pow": symbol("^"),
    "Div": Operator { importer, node in
      let isWhole = node.inputs.allSatisfy { value in
        switch value {
        case .constant(let constant)?: constant.kind == .integer
        case .traced(let traced)?: traced.kind != .real
        default: false
        }
      }
      if isWhole { throw ImportProblem("a division of whole numbers is not supported") }
      return [try importer.combined(node.inputs, .real) { .operation("/", $0, $1) }]
    },
    "Sum": symbol("+"),
    "Max": pairs { .call("max", $0, (nil, $1)) },
    "Min": pairs { .call("min", $0, (nil, $1)) },
    "Mean": Operator { importer, node in
      guard case .traced(let sum) = try importer.combined(node.inputs, .real, { .operation("+", $0, $1) }) else { return [.failed] }
      return [try importer.result(.operation("/", sum.phrase, .whole(node.inputs.count)), sum.shape, sum.batch)]
    },
    "PRelu": pairs { x, slope in
      .operation("+", .call("max", x, (nil, .number(0))), .operation("*", slope, .call("min", x, (nil, .number(0)))))
    },
    "Mod": Operator(["fmod"]) { importer, node in
      if try node.flag("fmod", false) { throw ImportProblem("attribute 'fmod' is not supported") }
      return [try importer.combined(node.inputs, .real) { .operation("%", $0, $1) }]
    },
  ]

  private static let choices: [String: Operator] = [
    "Equal": symbol("==", .truth), "Less": symbol("<", .truth), "Greater": symbol(">", .truth), "LessOrEqual": symbol("<=", .truth),
    "GreaterOrEqual": symbol(">=", .truth), "And": symbol("*", .truth), "Xor": symbol("!=", .truth),
    "Or": pairs(.truth) { .call("max", $0, (nil, $1)) },
    "Not": Operator { importer, node in
      let x = try importer.x(node)
      return [try importer.result(.operation("-", .number(1), x.phrase), x.shape, x.batch, .truth)]
    },
    "Where": Operator { importer, node in
      let inputs = try (0..<3).map { try node.input($0) }
      let operands = try importer.operands(inputs)
      let phrase = Phrase.call("where", operands.phrases[0], (nil, operands.phrases[1]), (nil, operands.phrases[2]))
      return [try importer.result(phrase, has: try broadcast(operands.shapes), operands.shape, operands.batch)]
    },
  ]
}

extension Importer {
  /// One operand after the other, from left to right.
  mutating func combined(
    _ inputs: [ImportedValue?], _ kind: Traced.Kind, _ make: (Phrase, Phrase) -> Phrase
  ) throws -> ImportedValue {
    let operands = try operands(inputs.compactMap { $0 })
    guard var phrase = operands.phrases.first else { throw ImportProblem("it has no input") }
    for next in operands.phrases.dropFirst() { phrase = make(phrase, next) }
    return try result(phrase, has: try broadcast(operands.shapes), operands.shape, operands.batch, kind)
  }

  fileprivate mutating func clip(_ node: NodeReader) throws -> [ImportedValue] {
    let x = try x(node)
    let low = try node.constant(1, "min")?.numbers().first ?? (node.has("min") ? node.float("min", 0) : nil)
    let high = try node.constant(2, "max")?.numbers().first ?? (node.has("max") ? node.float("max", 0) : nil)
    switch (low, high) {
    case (nil, nil): return [.traced(x)]
    case (0?, nil): return [try result(.call("relu", x.phrase), x.shape, x.batch)]
    case (let low?, nil): return [try result(.call("max", x.phrase, (nil, .number(low))), x.shape, x.batch)]
    case (nil, let high?): return [try result(.call("min", x.phrase, (nil, .number(high))), x.shape, x.batch)]
    case (let low?, let high?) where low > high:
      let raised = script.add(.call("max", x.phrase, (nil, .number(low))))
      return [try result(.call("min", raised, (nil, .number(high))), x.shape, x.batch)]
    case (let low?, let high?):
      return [try result(.call("clip", x.phrase, (nil, .number(low)), (nil, .number(high))), x.shape, x.batch)]
    }
  }

  fileprivate mutating func cast(_ node: NodeReader) throws -> [ImportedValue] {
    var x = try x(node)
    let kind = try Constant.Kind(onnx: node.integer("to", 1))
    switch (kind, x.kind) {
    case (.truth, .truth), (.integer, .integer), (.integer, .truth), (.integer, .classes), (.real, .classes): return [.traced(x)]
    case (.truth, _): return [try result(.operation("!=", x.phrase, .number(0)), x.shape, x.batch, .truth)]
    case (.integer, _):
      let towardZero = Phrase.operation("*", .call("sign", x.phrase), .call("floor", .call("abs", x.phrase)))
      return [try result(towardZero, x.shape, x.batch, .integer)]
    case (.real, _):
      x.kind = .real
      return [.traced(x)]
    }
  }
}
