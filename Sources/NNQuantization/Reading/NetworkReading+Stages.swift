import NNGraph
import NNOperations
import NNSource

/// A network as stages of integers, and the values with which floats go on.
struct StagedNetwork {
  var stages: [Stage]
  /// Values that integers come to and floats go on with, in the order of the graph.
  var cuts: [Value]
}

extension NetworkReading {
  /// The stages in the order in which they run, or all that cannot be computed with integers.
  mutating func network() -> Result<StagedNetwork, QuantizationFailure> {
    if !values.contains(where: isAnchor) {
      report(
        "there is no dense layer and no convolution between the inputs and the outputs to compute with integers", at: nil,
        help: model.outputs.isEmpty ? "a model has an output: output probability = softmax(scores)" : nil)
    }
    for state in model.states where state.type.isBatched {
      report("'\(state.name)' is memory between calls, which integers do not keep", at: state.range)
    }
    readForms()
    let cuts = cuts()
    guard problems.isEmpty else { return .failure(QuantizationFailure(diagnostics: problems)) }
    return .success(StagedNetwork(stages: stages(to: cuts), cuts: cuts))
  }

  // MARK: Where floats go on

  private func isTail(_ value: Value) -> Bool { isVariable(value) && !isInteger[value.id] }

  private func isInput(_ value: Value) -> Bool {
    if case .source = graph.operation(value).lowering { return true }
    return false
  }

  /// What the float part reads, and outputs that are integers' own. Scales and biases behind a last product belong to it.
  private mutating func cuts() -> [Value] {
    var found: Set<Value> = []
    let outputs = model.outputs.map(\.value).filter { isVariable($0) && !isTail($0) }
    let read = values.filter(isTail).flatMap { operands($0) }.filter { isVariable($0) && !isTail($0) }
    for value in Set((outputs + read).map(root)) where !isInput(value) { found.insert(end(of: value)) }
    return found.sorted()
  }

  /// The value at the end of what a product's own scales can do.
  private mutating func end(of value: Value) -> Value {
    var value = value
    while isProduct(forms[value.id]?.base), let next = onlyReader(of: value), isTail(next) {
      guard case .elementwise(let expression) = graph.operation(next).lowering, let form = forms[value.id] else { return value }
      let node = graph.graph[next]
      let variables = node.inputs.indices.filter { isVariable(node.inputs[$0]) }
      guard variables.count == 1, expression.degree(in: Set(variables)) == 1, node.type.shape == graph.shape(value) else { return value }
      var longer = form
      let operands = node.inputs.indices.map { variables.contains($0) ? nil : node.inputs[$0] }
      longer.steps.append(Pointwise.Step(expression: expression, operands: operands, value: next))
      guard isPerOutput(longer) else { return value }
      forms[next.id] = longer
      value = next
    }
    return value
  }

  /// Outputs are read by the caller too.
  private func onlyReader(of value: Value) -> Value? {
    guard readers[value.id] == 1, !model.outputs.contains(where: { root($0.value) == value }) else { return nil }
    return values.first { operands($0).contains(value) }
  }

  private func isProduct(_ value: Value?) -> Bool {
    switch value.flatMap({ kinds[$0.id] }) {
    case .dense, .convolution: true
    default: false
    }
  }

  // MARK: Stages

  /// Whether all constants are the same wherever a product's output is.
  private func isPerOutput(_ form: Pointwise) -> Bool {
    let rank = graph.shape(form.base).rank
    let axes: Set<Int>
    switch kinds[form.base.id] {
    case .convolution: axes = [0]
    case .dense(_, let dense): axes = Set(dense.output.indices.filter { dense.w.contains(dense.output[$0]) })
    default: return false
    }
    return form.steps.flatMap(\.operands).compactMap { $0 }.allSatisfy { constant in
      let shape = graph.shape(constant)
      return shape.dimensions.indices.allSatisfy { shape[$0] == 1 || axes.contains($0 + rank - shape.rank) }
    }
  }

  /// Whether a stage can do what follows it at once.
  private func fuses(_ form: Pointwise) -> Bool {
    switch kinds[form.base.id] {
    case .input: true
    case .dense, .convolution: isPerOutput(form)
    case .sum: form.steps.isEmpty
    default: form.isPlain
    }
  }

  /// Whether a stage can hand its result to floats at once.
  private func givesReals(_ form: Pointwise) -> Bool {
    switch kinds[form.base.id] {
    case .dense, .convolution: isPerOutput(form) && form.function == nil
    case .pool(_, let pool): form.isPlain && pool.isMean
    default: false
    }
  }

  private func stages(to cuts: [Value]) -> [Stage] {
    var stages: [Stage] = []
    var users: [Value: [Value]] = [:]
    let real = Set(cuts)
    var wanted: Set<Value> = []
    for id in forms.keys.sorted(by: >) {
      let value = Value(id)
      guard root(value) == value, let form = forms[id] else { continue }
      // Something that is elementwise itself may be where another elementwise part begins.
      var found = form.base == value ? [] : self.stages(of: value, for: users[value] ?? [], real: real, wanted: wanted)
      if !found.isEmpty { wanted.insert(value) }
      if real.contains(value) || wanted.contains(value) { users[form.base, default: []].append(value) }
      if form.base == value { found += self.stages(of: value, for: users[value] ?? [], real: real, wanted: wanted) }
      for stage in found { wanted.formUnion(stage.operands.map(root).filter { $0 < value }) }
      stages += found
    }
    return stages.sorted { $0.result < $1.result || ($0.result == $1.result && !$0.isReal && $1.isReal) }
  }

  /// What has to run for one base and all that is made of it.
  private func stages(of base: Value, for users: [Value], real: Set<Value>, wanted: Set<Value>) -> [Stage] {
    guard let first = users.first else { return [] }
    let own = kinds[base.id]
    if let own, users.count == 1, let form = forms[first.id] {
      let isReal = real.contains(first)
      if isReal, !wanted.contains(first), givesReals(form) { return [Stage(kind: own, pointwise: form, result: first, isReal: true)] }
      if !isReal, fuses(form) { return [Stage(kind: own, pointwise: form, result: first)] }
    }
    var stages = own.map { [Stage(kind: $0, pointwise: Pointwise(base), result: base)] } ?? []
    for user in users {
      guard let form = forms[user.id] else { continue }
      if user != base { stages.append(Stage(kind: .same(x: base), pointwise: form, result: user)) }
      if real.contains(user) { stages.append(Stage(kind: .same(x: user), pointwise: Pointwise(user), result: user, isReal: true)) }
    }
    return stages
  }
}
