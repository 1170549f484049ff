import NNGraph
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
      help: instance.needOfExamples(examples) ?? "a smaller 'rate' may help; or a value in the data is out of all proportion")
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

  /// Among the values with names, by computing them again for the examples in the buffers, which are finite: readers see to that.
  private func firstNonFiniteValue(examples: Int) throws -> NonFiniteValue? {
    let model = instance.model
    let inspector = try ModelInstance(setup, entries: [.inspect], batch: instance.batch)
    inspector.takeOver(instance)
    inspector.memory.examples.copy(instance.memory.examples)
    let buffers = inspector.report(.inspect, count: examples, stream: progress.stream)
    var broken: Set<String> = []
    for (report, buffer) in zip(inspector.reports(of: .inspect), buffers) where report.name.hasPrefix("value.") {
      let count = report.type.elements(batch: examples)
      if !buffer.isFinite(0..<count) { broken.insert(String(report.name.dropFirst("value.".count))) }
    }
    let first = model.bindings.filter { broken.contains($0.name) }.min { $0.value < $1.value }
    return first.map { NonFiniteValue(name: "'\($0.name)'", range: $0.range) }
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
