import NNGraph
import NNOperations

/// An entry program while it is being written.
struct Draft {
  let model: Model
  private let kind: EntryKind
  var graph: GraphBuilder
  private var stores: [EntryProgram.Store] = []
  private var reports: [EntryProgram.Report] = []
  private var result: Value?
  private var checksResult = false
  /// The model's values in this entry's graph.
  private var images: [Value: Value] = [:]

  init(_ model: Model, kind: EntryKind, isTraining: Bool) {
    self.model = model
    self.kind = kind
    var resolver = ModeResolver(model.graph.graph, isTraining: isTraining)
    let roots = Self.roots(of: model, for: kind)
    for (root, image) in zip(roots, resolver.resolve(roots)) { images[root] = image }
    graph = resolver.finish()
  }

  func program() -> EntryProgram {
    EntryProgram(kind: kind, graph: graph.graph, stores: stores, result: result, checksResult: checksResult, reports: reports)
  }

  /// What of the model an entry starts from.
  private static func roots(of model: Model, for kind: EntryKind) -> [Value] {
    let advanced = model.states.filter { $0.type.isBatched || kind.isTraining }.compactMap(\.next)
    let losses = model.losses.map(\.value)
    switch kind {
    case .initialize, .update, .predictStart: return []
    case .infer, .predict, .predictBatch: return model.outputs.map(\.value) + advanced
    case .loss: return losses
    case .grad, .step, .gradInputs, .jvp, .hvp: return losses + advanced
    case .evaluate: return losses + model.metrics.map(\.value) + advanced
    case .inspect: return losses + model.bindings.map(\.value) + advanced
    case .survey: return Survey(model).values
    }
  }

  func image(_ value: Value) -> Value { images[value] ?? value }

  mutating func store(_ value: Value, _ destination: Destination) {
    stores.append(EntryProgram.Store(value: value, destination: destination))
  }

  mutating func report(_ name: String, _ value: Value) {
    let real = readable(value)
    store(real, .report(reports.count))
    reports.append(EntryProgram.Report(name: name, type: graph.type(real)))
  }

  /// Class numbers are reported as reals.
  private mutating func readable(_ value: Value) -> Value {
    if case .integer = graph.type(value).element { return graph.node(ClassNumber(), [value]) }
    return value
  }

  // MARK: The loss

  /// The mean over the batch of each loss, as a scalar.
  mutating func lossTerms() -> [Value] {
    model.losses.map { loss in
      graph.range = loss.range
      return graph.batchMean(graph.reshape(image(loss.value), to: []))
    }
  }

  mutating func total(_ terms: [Value]) -> Value {
    let sum = terms.dropFirst().reduce(terms.first ?? graph.fill(0)) { graph.add($0, $1) }
    graph.name(sum, "loss")
    return sum
  }

  mutating func computeLoss() { result = total(lossTerms()) }

  private mutating func parameterValues() -> [Value] {
    model.parameters.enumerated().map { index, parameter in
      let value = graph.source(Argument(.parameter, index), ValueType(parameter.shape, isBatched: false))
      graph.name(value, parameter.name)
      return value
    }
  }

  /// The gradient of the loss by values of this graph, each loss reaching only what it trains.
  private mutating func gradients(by targets: [Value], isParameter: Bool) -> [Value] {
    let terms = lossTerms()
    result = total(terms)
    checksResult = true
    var sums = [Value?](repeating: nil, count: targets.count)
    var groups: [[Int]?: [Value]] = [:]
    var order: [[Int]?] = []
    for (loss, term) in zip(model.losses, terms) {
      let group = isParameter ? loss.trains : nil
      if groups[group] == nil { order.append(group) }
      groups[group, default: []].append(term)
    }
    for group in order {
      let reached = targets.indices.filter { group?.contains($0) ?? true }
      let loss = total(groups[group] ?? [])
      let found = graph.gradient(of: loss, seed: graph.fill(1), by: reached.map { targets[$0] })
      for (target, gradient) in zip(reached, found) { sums[target] = sums[target].map { graph.add($0, gradient) } ?? gradient }
    }
    return zip(sums, targets).map { sum, target in sum ?? graph.fill(0, graph.type(target)) }
  }

  mutating func trainedGradients() -> [Value] {
    let parameters = parameterValues()
    return gradients(by: parameters, isParameter: true)
  }

  mutating func storeGradients() {
    for (index, gradient) in trainedGradients().enumerated() { store(gradient, .gradient(index)) }
    storeStates()
  }

  /// An update alone computes nothing that a state could advance by.
  mutating func storeStates() {
    guard kind != .update else { return }
    for (index, state) in model.states.enumerated() {
      guard let next = state.next, state.type.isBatched || kind.isTraining else { continue }
      store(graph.expand(image(next), to: state.type), .state(index))
    }
  }

  mutating func storeOutputs() {
    for (index, output) in model.outputs.enumerated() {
      let value = readable(image(output.value))
      store(graph.expand(value, to: ValueType(graph.shape(value), isBatched: true)), .output(index))
    }
    storeStates()
  }

  // MARK: Derivatives on demand

  private mutating func portValues(_ ports: [Port], _ role: Argument.Role) -> [(index: Int, name: String, value: Value)] {
    ports.enumerated().compactMap { index, port in
      guard port.type.element == .real else { return nil }
      let value = graph.source(Argument(role, index), port.type)
      graph.name(value, port.name)
      return (index, port.name, value)
    }
  }

  mutating func storeInputGradients() {
    storeGradients()
    let inputs = portValues(model.inputs, .input)
    let found = gradients(by: inputs.map(\.value), isParameter: false)
    for (input, gradient) in zip(inputs, found) { store(gradient, .inputGradient(input.index)) }
  }

  private mutating func directions() -> [Value: Value] {
    var seeds: [Value: Value] = [:]
    for (index, value) in parameterValues().enumerated() {
      seeds[value] = graph.source(Argument(.direction, index), graph.type(value))
    }
    return seeds
  }

  mutating func storeDerivativeAlongDirection() {
    let seeds = directions()
    let loss = total(lossTerms())
    result = loss
    checksResult = true
    store(graph.tangents(of: [loss], along: seeds)[0], .product(0))
  }

  mutating func storeHessianProduct() {
    let seeds = directions()
    let products = graph.tangents(of: trainedGradients(), along: seeds)
    for (index, product) in products.enumerated() { store(product, .product(index)) }
  }

  // MARK: Updates

  mutating func givenGradients() -> [Value] {
    model.parameters.enumerated().map { index, parameter in
      graph.source(Argument(.gradient, index), ValueType(parameter.shape, isBatched: false))
    }
  }

  mutating func storeUpdates(_ optimizer: any OptimizerRule, gradients: [Value]) {
    let rate = graph.source(Argument(.rate), .scalar)
    let step = graph.source(Argument(.step), .scalar)
    for (index, (parameter, gradient)) in zip(parameterValues(), clipped(gradients)).enumerated() {
      graph.range = model.parameters[index].range
      let memory = (0..<optimizer.slots).map { graph.source(Argument(.slot, index, slot: $0), graph.type(parameter)) }
      let updated = optimizer.update(parameter: parameter, gradient: gradient, slots: memory, rate: rate, step: step, in: &graph)
      store(updated.parameter, .parameter(index))
      for (slot, value) in updated.slots.enumerated() { store(value, .slot(index, slot: slot)) }
    }
    storeStates()
  }

  /// The gradients, shortened where all of them together are longer than the recipe allows: g min(1, most / (norm + 1e-6)).
  private mutating func clipped(_ gradients: [Value]) -> [Value] {
    guard let most = model.recipe.clip else { return gradients }
    graph.range = model.recipe.ranges["clip"]
    let squares = gradients.map { gradient in
      graph.reduce(.sum, graph.node(Square(), [gradient]), axes: Array(0..<graph.shape(gradient).rank))
    }
    guard let first = squares.first else { return gradients }
    let norm = graph.node(Sqrt(), [squares.dropFirst().reduce(first) { graph.add($0, $1) }])
    let ratio = graph.divide(graph.fill(most), graph.add(norm, graph.fill(1e-6)))
    let factor = graph.node(Minimum(), [graph.fill(1), ratio])
    return gradients.map { graph.multiply($0, factor) }
  }

  // MARK: Initial values

  mutating func storeInitialValues(batch: Int) {
    for (index, parameter) in model.parameters.enumerated() {
      graph.range = parameter.range
      let type = ValueType(parameter.shape, isBatched: false)
      store(initialValue(parameter.initial, type, site: index), .parameter(index))
    }
    storeStartingStates(batch: batch) { _ in true }
  }

  /// Those of examples; statistics are among the weights.
  mutating func storeStartingStates(batch: Int) { storeStartingStates(batch: batch, where: \.type.isBatched) }

  private mutating func storeStartingStates(batch: Int, where isStored: (StateSlot) -> Bool) {
    for (index, state) in model.states.enumerated() where isStored(state) {
      graph.range = state.range
      let site = model.parameters.count + index
      let one = initialValue(state.initial, ValueType(state.type.shape, isBatched: false), site: site)
      let copies = state.type.isBatched ? Shape([batch] + state.type.shape.dimensions) : state.type.shape
      store(graph.expand(one, to: ValueType(copies, isBatched: false)), .state(index))
    }
  }

  private mutating func initialValue(_ initial: Initializer, _ type: ValueType, site: Int) -> Value {
    switch initial {
    case .constant(let number):
      return graph.fill(number, type)
    case .literal(let numbers):
      return graph.node(Literal(numbers, type.shape), [])
    case .normal(let deviation):
      return graph.multiply(graph.fill(deviation), graph.node(Draw(.normal, site: site, type: type), []))
    case .uniform(let low, let high):
      let draw = graph.node(Draw(.uniform, site: site, type: type), [])
      return graph.add(graph.fill(low), graph.multiply(graph.fill(high - low), draw))
    }
  }

  // MARK: The trainer's entries

  mutating func reportEvaluation() {
    let terms = lossTerms()
    if !terms.isEmpty { report("loss", total(terms)) }
    if terms.count > 1 { for (loss, term) in zip(model.losses, terms) { report("loss.\(loss.name)", term) } }
    for metric in model.metrics {
      graph.range = metric.range
      let value = image(metric.value)
      let shape = graph.shape(value)
      let sum = graph.reduce(.sum, value, axes: Array(0..<shape.rank))
      report("metric.\(metric.name)", graph.batchMean(graph.divide(sum, graph.fill(Double(shape.count)))))
    }
    storeStates()
  }

  mutating func reportEverything() {
    let parameters = parameterValues()
    let parameterGradients = gradients(by: parameters, isParameter: true)
    if let result { report("loss", result) }
    for binding in model.bindings { report("value.\(binding.name)", image(binding.value)) }
    for (parameter, gradient) in zip(model.parameters, parameterGradients) { report("grad.\(parameter.name)", gradient) }
    let ports = portValues(model.inputs, .input) + portValues(model.targets, .target)
    for (port, gradient) in zip(ports, gradients(by: ports.map(\.value), isParameter: false)) { report("grad.\(port.name)", gradient) }
    // The loss is among the reports; nothing is returned, so nothing is checked.
    (result, checksResult) = (nil, false)
    storeStates()
  }
}
