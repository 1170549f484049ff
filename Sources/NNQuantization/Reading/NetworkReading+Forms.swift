import NNGraph
import NNSource

/// What each node of the integer part is.
extension NetworkReading {
  mutating func readForms() {
    for value in values where isInteger[value.id] { read(value) }
    guard problems.isEmpty, let unread = values.first(where: { isInteger[$0.id] && isVariable($0) && forms[root($0).id] == nil }) else {
      return
    }
    report("'\(mnemonic(graph.graph[unread]))' cannot be computed with integers", at: graph.graph[unread].range, help: Self.known)
  }

  private mutating func read(_ value: Value) {
    if kinds[value.id] != nil {
      forms[value.id] = Pointwise(value)
      return
    }
    let node = graph.graph[value]
    switch node.operation.lowering {
    case .source(let argument): read(argument, value, node)
    case .modal, .stop: forms[value.id] = forms[root(value).id]
    case .elementwise(let expression): read(expression, value, node)
    case .contraction(let labels): read(labels, value, node)
    case .reshape, .view: found(.view(x: node.inputs[0]), value)
    case .place(let placements): read(placements, value, node)
    case .constant: break
    default: report("'\(mnemonic(node))' cannot be computed with integers", at: node.range, help: Self.known)
    }
  }

  static var known: String {
    "integers compute dense layers, convolutions, pools, sums, concatenations, reshapes and elementwise functions of one value"
  }

  func mnemonic(_ node: Node) -> String { type(of: node.operation).mnemonic }

  private mutating func found(_ kind: Stage.Kind, _ value: Value) {
    if kind.operands.contains(where: { !isVariable($0) }) {
      reportConstant(at: graph.graph[value].range)
    }
    guard kind.operands.allSatisfy({ forms[root($0).id] != nil }) else { return }
    kinds[value.id] = kind
    forms[value.id] = Pointwise(value)
  }

  private mutating func reportConstant(at range: SourceRange?) {
    report("a constant in the place of what depends on the example cannot be computed with integers", at: range)
  }

  private mutating func read(_ argument: Argument, _ value: Value, _ node: Node) {
    switch argument.role {
    case .input where node.type.element == .real:
      kinds[value.id] = .input(argument.index)
      forms[value.id] = Pointwise(value)
    case .state: report("memory between calls cannot be kept in integers", at: node.range)
    default: report("class numbers, and what is looked up by them, cannot be computed with integers", at: node.range)
    }
  }

  private mutating func read(_ placements: [Placement], _ value: Value, _ node: Node) {
    guard zip(placements, node.inputs).allSatisfy({ $0.isPlain(graph.shape($1).dimensions) }), node.inputs.allSatisfy(isVariable) else {
      report("integers are set down side by side only, and no constants among them", at: node.range)
      return
    }
    found(.place(node.inputs, placements), value)
  }

  // MARK: Products

  private mutating func read(_ labels: Contraction, _ value: Value, _ node: Node) {
    guard node.inputs.contains(where: isVariable) else { return reportConstant(at: node.range) }
    let isFirst = isVariable(node.inputs[0])
    guard isFirst != isVariable(node.inputs[1]), !graph.type(node.inputs[isFirst ? 1 : 0]).isBatched, !labels.sumsBatch else {
      report("a product of two values that both depend on the example cannot be computed with integers", at: node.range, help: Self.known)
      return
    }
    let (x, w) = isFirst ? (labels.lhs, labels.rhs) : (labels.rhs, labels.lhs)
    let isPlain = Set(x).count == x.count && Set(w).count == w.count && !labels.output.contains { x.contains($0) && w.contains($0) }
    guard isPlain else {
      report("a product in which an axis of the weights goes along with one of the values cannot be computed with integers", at: node.range)
      return
    }
    let form = DenseForm(weight: node.inputs[isFirst ? 1 : 0], x: x, w: w, output: labels.output)
    found(.dense(x: node.inputs[isFirst ? 0 : 1], form), value)
  }

  // MARK: Elementwise

  /// Whether it depends on the example: what is drawn at random, say, is a constant in use.
  func isVariable(_ value: Value) -> Bool { graph.type(value).isBatched && graph.constant(root(value)) == nil }

  private func isUniform(_ constant: Value) -> Bool { graph.shape(constant).count == 1 || graph.constant(root(constant)) != nil }

  private mutating func read(_ expression: ScalarExpression, _ value: Value, _ node: Node) {
    let variables = node.inputs.indices.filter { isVariable(node.inputs[$0]) }
    let known = variables.compactMap { forms[root(node.inputs[$0]).id] }
    guard known.count == variables.count, let first = known.first else { return }
    let isOne = Set(variables.map { root(node.inputs[$0]) }).count == 1
    let sharesConstants = node.inputs.indices.allSatisfy { variables.contains($0) || isUniform(node.inputs[$0]) }
    let isAffine = expression.degree(in: Set(variables)) == 1
    let hasShape = variables.allSatisfy { graph.shape(node.inputs[$0]) == node.type.shape }
    if hasShape, isOne, isAffine, first.function == nil {
      forms[value.id] = extended(first, by: expression, variables, value, node)
    } else if hasShape, sharesConstants, let known = sharing(known) {
      forms[value.id] = composed(known[0], expression, known, variables, node)
    } else if hasShape, isOne, isAffine {
      forms[value.id] = extended(Pointwise(root(node.inputs[variables[0]])), by: expression, variables, value, node)
    } else if hasShape, node.inputs.count == 2, variables.count == 2, let sign = expression.signOfSum {
      found(.sum(node.inputs[0], node.inputs[1], sign: sign), value)
    } else {
      let what = variables.count > 1 ? "of several values that depend on the example" : "with other constants for each element"
      report("'\(mnemonic(node))' \(what) cannot be computed with integers", at: node.range, help: Self.known)
    }
  }

  private func extended(
    _ form: Pointwise, by expression: ScalarExpression, _ variables: [Int], _ value: Value, _ node: Node
  ) -> Pointwise {
    var result = form
    result.steps.append(
      Pointwise.Step(
        expression: expression, operands: node.inputs.indices.map { variables.contains($0) ? nil : root(node.inputs[$0]) }, value: value))
    return result
  }

  /// The same as functions of one value, if they can be: what they do alike first comes before it.
  private func sharing(_ forms: [Pointwise]) -> [Pointwise]? {
    guard let first = forms.first, forms.allSatisfy({ $0.base == first.base }) else { return nil }
    let count = first.steps.indices.first { index in !forms.allSatisfy { $0.steps.dropFirst(index).first == first.steps[index] } }
    let shared = count ?? first.steps.count
    let others = forms.flatMap { $0.steps.dropFirst(shared) }.flatMap(\.constants)
    return others.allSatisfy(isUniform) ? forms.map { $0.keeping(shared) } : nil
  }

  /// A function of functions of one value.
  private func composed(
    _ form: Pointwise, _ expression: ScalarExpression, _ known: [Pointwise], _ variables: [Int], _ node: Node
  ) -> Pointwise {
    var result = form
    result.numbers = []
    var inputs = [ScalarExpression](repeating: .input(0), count: node.inputs.count)
    for index in node.inputs.indices where !variables.contains(index) {
      result.numbers.append(root(node.inputs[index]))
      inputs[index] = .input(result.numbers.count)
    }
    for (index, inner) in zip(variables, known) {
      let shift = result.numbers.count
      let renamed = [.input(0)] + inner.numbers.indices.map { ScalarExpression.input(shift + $0 + 1) }
      inputs[index] = inner.function?.replacing(renamed) ?? .input(0)
      result.numbers += inner.numbers
    }
    result.function = expression.replacing(inputs)
    return result
  }
}

extension ScalarExpression {
  /// 1 for a sum of the two inputs, -1 for their difference.
  fileprivate var signOfSum: Double? {
    switch self {
    case .input(0) + .input(1): 1
    case .input(0) - .input(1): -1
    default: nil
    }
  }

  fileprivate static func ~= (pattern: ScalarExpression, value: ScalarExpression) -> Bool { pattern == value }
}
