import NNGraph
import NNOperations
import NNSchedule
import NNSource

/// Something that is not finite, though everything it was computed from is.
struct NonFiniteValue {
  let name: String
  let range: SourceRange?
}

extension TrainingLoop {
  /// Why a training cannot go on after a loss that is not finite, and where that began.
  func divergence(_ loss: Double, examples: Int) throws -> TrainingError {
    let first = try instance.firstNonFiniteParameter ?? firstNonFiniteValue(examples: examples)
    let cause = first.map { ": \($0.name) is the first that is not finite" } ?? ""
    return stopped(
      "the loss is \(loss.isNaN ? "nan" : "\(loss)") at step \(progress.steps + 1), in epoch \(progress.epochs + 1)\(cause)",
      range: first?.range ?? instance.model.losses.first?.range,
      help: instance.needOfExamples(examples)
        ?? (progress.steps == 0
          ? "no step has been made yet: it comes from the model, the weights it begins with or the data"
          : "a smaller 'rate' may help; or a value in the data is out of all proportion"))
  }

  /// Likewise where a finite loss had a gradient that was not.
  func divergence(_ parameter: NonFiniteValue) -> TrainingError {
    stopped(
      "\(parameter.name) is not finite any more at step \(progress.steps), in epoch \(progress.epochs + 1)", range: parameter.range,
      help: "a smaller 'rate' or a 'clip' may help")
  }

  private func stopped(_ message: String, range: SourceRange?, help: String) -> TrainingError {
    let folder = saving?.folder
    let saved = folder.map { $0.holdsCheckpoint ? "; '\($0.checkpoint)' keeps what was before" : "" } ?? ""
    return TrainingError(message + saved, range: range, help: help)
  }

  /// Of all that the loss is computed from, by computing it again for the examples in the buffers, which are finite: readers see to that.
  private func firstNonFiniteValue(examples: Int) throws -> NonFiniteValue? {
    var measured = setup
    let values = measured.model.bindMagnitudes()
    let inspector = try ModelInstance(measured, entries: [.inspect], batch: instance.batch)
    inspector.takeOver(instance)
    inspector.memory.examples.copy(instance.memory.examples)
    let buffers = inspector.report(.inspect, count: examples, stream: progress.stream)
    let numbers = Dictionary(uniqueKeysWithValues: zip(inspector.reports(of: .inspect).map(\.name), buffers))
    let types = Dictionary(uniqueKeysWithValues: inspector.reports(of: .inspect).map { ($0.name, $0.type) })
    let first = values.first { value in
      let name = "value.\(value.id)"
      guard let buffer = numbers[name], let type = types[name] else { return false }
      return !buffer.isFinite(0..<type.elements(batch: examples))
    }
    return first.map(nonFinite)
  }

  /// By its name or, where it has none, by the text that it came from.
  private func nonFinite(_ value: Value) -> NonFiniteValue {
    if let named = setup.model.bindings.first(where: { $0.value == value }) {
      return NonFiniteValue(name: "'\(named.name)'", range: named.range)
    }
    let range = setup.model.graph.graph[value].range
    let line = range.map { setup.sources.text(of: $0).prefix { !$0.isNewline } } ?? ""
    return NonFiniteValue(name: line.isEmpty || line.count > 60 ? "what is underlined" : "'\(line)'", range: range)
  }
}

extension Model {
  /// Makes the largest magnitude of each value that training computes the loss from a named value, in place of those with names. Returns the values in
  /// the order of the model; each one's number is the name.
  fileprivate mutating func bindMagnitudes() -> [Value] {
    let nodes = graph.graph.nodes
    let isComputed = isComputedInTraining
    let values = nodes.indices.filter { id in
      guard isComputed[id], nodes[id].type.element == .real, nodes[id].type.shape.count > 0 else { return false }
      if case .modal = nodes[id].operation.lowering { return false }
      return true
    }.map { Value($0) }
    bindings = values.map { value in
      let magnitude = graph.reduce(.max, graph.node(Abs(), [value]), axes: Array(0..<graph.shape(value).rank))
      return NamedValue(name: "\(value.id)", value: magnitude, range: nil)
    }
    return values
  }

  /// By number of node: whether a loss depends on it while training.
  private var isComputedInTraining: [Bool] {
    let nodes = graph.graph.nodes
    var isNeeded = [Bool](repeating: false, count: nodes.count)
    for loss in losses { isNeeded[loss.value.id] = true }
    for (id, node) in nodes.enumerated().reversed() where isNeeded[id] {
      if case .modal = node.operation.lowering {
        isNeeded[node.inputs[0].id] = true
      } else {
        for input in node.inputs { isNeeded[input.id] = true }
      }
    }
    return isNeeded
  }
}

extension ModelInstance {
  /// Why a loss is not a number where there are too few examples to take statistics from.
  func needOfExamples(_ count: Int) -> String? {
    guard count == 1, model.states.contains(where: { !$0.type.isBatched }) else { return nil }
    return "this batch is one example, of which 'batchnorm' can take no variance: choose another 'batch'"
  }

  /// The first parameter that holds a number that is not finite.
  var firstNonFiniteParameter: NonFiniteValue? {
    for (parameter, start) in zip(model.parameters, compiled.layout.parameters)
    where !memory.parameters.isFinite(start..<(start + parameter.shape.count)) {
      return NonFiniteValue(name: "the parameter '\(parameter.name)'", range: parameter.range)
    }
    return nil
  }
}
