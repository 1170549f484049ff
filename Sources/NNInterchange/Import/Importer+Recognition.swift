/// Functions and layers that exporters take apart, put together again.
extension Importer {
  /// A sum; a bias behind a product is part of the layer.
  mutating func addition(_ node: NodeReader) throws -> [ImportedValue] {
    for (x, bias) in [(0, 1), (1, 0)] {
      if let layer = try biased(try node.input(x), named: node.node.inputs[x], try node.input(bias)) { return [layer] }
    }
    return [try combined(node.inputs, .real) { .operation("+", $0, $1) }]
  }

  /// A layer without bias that nothing else uses, with one.
  private mutating func biased(_ value: ImportedValue, named name: String, _ other: ImportedValue) throws -> ImportedValue? {
    guard case .traced(let x) = value, case .constant(let bias) = other, bias.isWeight, uses[name] == 1 else { return nil }
    guard case .call(var call) = script.phrase(x.phrase), call.function == "dense", call.arguments.last?.label == "bias" else { return nil }
    guard let units = x.shape.last, bias.count == units, bias.shape.last == units, bias.shape.count <= x.shape.count else { return nil }
    call.arguments.removeLast()
    call.weights.append(Weight(role: "bias", shape: [units], numbers: try bias.numbers()))
    call.sharing = call.sharing.map { "\($0) + \(bias.name)" }
    script.replace(x.phrase, by: .call(call))
    return value
  }

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
