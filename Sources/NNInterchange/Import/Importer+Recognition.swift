/// Functions and layers that exporters take apart, put together again.
extension Importer {
  /// A sum; a bias behind a product is part of the layer.
  mutating func addition(_ node: NodeReader) throws -> [ImportedValue] {
    for (x, bias) in [(0, 1), (1, 0)] {
      if let layer = try biased(try node.input(x), named: node.node.inputs[x], try node.input(bias)) { return [layer] }
    }
    return [try combined(node.inputs, .real) { .operation("+", $0, $1) }]
  }

  /// A product; a scale behind a standardisation makes it a layer.
  mutating func multiplication(_ node: NodeReader) throws -> [ImportedValue] {
    if node.inputs.count == 2 {
      for (x, scale) in [(0, 1), (1, 0)] {
        if let layer = try scaled(try node.input(x), named: node.node.inputs[x], try node.input(scale)) { return [layer] }
      }
    }
    return [recognized(try combined(node.inputs, .real) { .operation("*", $0, $1) })]
  }

  /// A layer without bias that nothing else uses, with one.
  private mutating func biased(_ value: ImportedValue, named name: String, _ other: ImportedValue) throws -> ImportedValue? {
    guard case .traced(let x) = value, case .constant(let bias) = other, bias.isWeight, uses[name] == 1 else { return nil }
    guard let units = x.shape.last, fits(bias, x), case .call(var call) = script.phrase(x.phrase) else { return nil }
    if call.function == "layernorm", let line = x.phrase.line, openNorms.remove(line) != nil {
      call.weights[1].numbers = try bias.numbers()
      script.replace(x.phrase, by: .call(call))
      return value
    }
    guard call.function == "dense", call.arguments.last?.label == "bias" else { return nil }
    call.arguments.removeLast()
    call.weights.append(Weight(role: "bias", shape: [units], numbers: try bias.numbers()))
    call.sharing = call.sharing.map { "\($0) + \(bias.name)" }
    script.replace(x.phrase, by: .call(call))
    return value
  }

  /// Whether a weight has one number for each place along the last axis.
  private func fits(_ weight: Constant, _ x: Traced) -> Bool {
    guard let width = x.shape.last, x.batch?.axis != x.shape.count - 1 else { return false }
    return weight.count == width && weight.shape.last == width && weight.shape.count <= x.shape.count
  }

  // MARK: Layer normalisation

  /// (x - mean) / sqrt(variance + epsilon) times a weight, as `layernorm`, whose bias may follow.
  private mutating func scaled(_ value: ImportedValue, named name: String, _ other: ImportedValue) throws -> ImportedValue? {
    guard case .traced(let x) = value, case .constant(let scale) = other, scale.isWeight, uses[name] == 1, fits(scale, x) else {
      return nil
    }
    guard let width = x.shape.last, let (source, epsilon) = standardized(x.phrase, rank: x.local.count) else { return nil }
    var call = Phrase.Call(function: "layernorm", arguments: [.init(label: nil, phrase: source)])
    if Float(epsilon) != 1e-5 { call.arguments.append(.init(label: "epsilon", phrase: .number(epsilon))) }
    call.weights = [
      Weight(role: "scale", shape: [width], numbers: try scale.numbers()),
      Weight(role: "bias", shape: [width], numbers: [Double](repeating: 0, count: width)),
    ]
    let made = script.add(.call(call))
    if let line = made.line { openNorms.insert(line) }
    return .traced(Traced(phrase: made, shape: x.shape, batch: x.batch, examples: examples))
  }

  private func standardized(_ phrase: Phrase, rank: Int) -> (source: Phrase, epsilon: Double)? {
    guard case .operation("/", let distance, let deviation) = script.phrase(phrase), let sum = operand(of: "sqrt", deviation),
      case .operation("+", let variance, .number(let epsilon)) = script.phrase(sum), let squares = mean(variance, rank: rank),
      isSquare(squares, of: distance), case .operation("-", let source, let center) = script.phrase(distance),
      mean(center, rank: rank) == source
    else { return nil }
    return (source, epsilon)
  }

  private func operand(of function: String, _ phrase: Phrase) -> Phrase? {
    guard case .call(let call) = script.phrase(phrase), call.function == function, call.arguments.count == 1 else { return nil }
    return call.arguments[0].phrase
  }

  /// What this is the mean of along the last axis, which stays.
  private func mean(_ phrase: Phrase, rank: Int) -> Phrase? {
    guard case .call(let call) = script.phrase(phrase), call.function == "mean" else { return nil }
    let axis = call.arguments.first { $0.label == "axis" }?.phrase
    let isLast = axis == .whole(rank - 1) || axis == nil && rank == 1
    return isLast && call.arguments.contains { $0.label == "keep" } ? call.arguments[0].phrase : nil
  }

  private func isSquare(_ phrase: Phrase, of distance: Phrase) -> Bool {
    switch script.phrase(phrase) {
    case .operation("^", distance, .number(2)), .operation("*", distance, distance): true
    default: operand(of: "square", phrase) == distance
    }
  }

  // MARK: Activations

  /// `gelu` and `silu`, which are products in many files.
  mutating func recognized(_ value: ImportedValue) -> ImportedValue {
    guard case .traced(let traced) = value else { return value }
    var factors: [Phrase] = []
    var scale = 1.0
    collect(traced.phrase, &factors, &scale, depth: 0)
    guard factors.count == 2 else { return value }
    for (x, other) in [(factors[0], factors[1]), (factors[1], factors[0])] {
      if scale == 1, case .call(let call) = script.phrase(other), call.function == "sigmoid", call.arguments.first?.phrase == x {
        script.replace(traced.phrase, by: .call("silu", x))
        return value
      }
      if isGate(other, of: x), abs(scale - 0.5) < 1e-6 {
        script.replace(traced.phrase, by: .call("gelu", x))
        return value
      }
    }
    return value
  }

  private func collect(_ phrase: Phrase, _ factors: inout [Phrase], _ scale: inout Double, depth: Int) {
    if case .number(let number) = phrase { scale *= number; return }
    guard depth < 3, case .operation("*", let left, let right) = script.phrase(phrase) else { return factors.append(phrase) }
    collect(left, &factors, &scale, depth: depth + 1)
    collect(right, &factors, &scale, depth: depth + 1)
  }

  /// 1 + erf(x / sqrt 2)
  private func isGate(_ phrase: Phrase, of x: Phrase) -> Bool {
    guard case .operation("+", let left, let right) = script.phrase(phrase) else { return false }
    let error: Phrase
    switch (left, right) {
    case (.number(1), let other), (let other, .number(1)): error = other
    default: return false
    }
    guard case .call(let call) = script.phrase(error), call.function == "erf", let argument = call.arguments.first?.phrase else {
      return false
    }
    switch script.phrase(argument) {
    case .operation("/", x, .number(let divisor)): return abs(divisor - 2.0.squareRoot()) < 1e-5
    case .operation("*", x, .number(let factor)), .operation("*", .number(let factor), x): return abs(factor - 0.5.squareRoot()) < 1e-5
    default: return false
    }
  }
}
