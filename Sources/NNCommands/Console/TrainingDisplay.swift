import NNTraining

/// Shows a training as it goes: one line that lives on a terminal, one plain line for each epoch elsewhere.
struct TrainingDisplay {
  /// So often the living line is drawn anew, in seconds: more would cost time, and nobody could read it.
  private static let redrawInterval = 0.1

  private let console: Console
  private let isLive: Bool
  private var epochs = 0
  private var drawn = ContinuousClock.now
  private var hasLine = false

  init(console: Console) {
    self.console = console
    isLive = console.messages.isTerminal
  }

  mutating func show(_ event: TrainingEvent) {
    switch event {
    case .began(let size): begin(size)
    case .resumed(let epochs, let steps): say("resumed after epoch \(epochs), step \(steps)")
    case .stepped(let report): redraw(report)
    case .finishedEpoch(let record): say(line(of: record))
    case .swapped(let compiler): say("now running code made by \(compiler)", from: .verbose)
    case .warned(let message):
      clear()
      console.warn(message)
    }
  }

  private mutating func begin(_ size: TrainingSize) {
    epochs = size.epochs
    var parts = [
      "\(NumberText.grouped(size.parameters)) parameters", "\(NumberText.grouped(size.trainingExamples)) examples to learn from",
    ]
    if size.validationExamples > 0 { parts.append("\(NumberText.grouped(size.validationExamples)) to validate by") }
    if size.testExamples > 0 { parts.append("\(NumberText.grouped(size.testExamples)) to test by") }
    say(parts.joined(separator: ", "))
    say("compiled by \(size.compiler) in \(NumberText.duration(seconds: Double(size.compileMicroseconds) * 1e-6))", from: .verbose)
  }

  /// `epoch 3/20  loss 0.1203  validation: loss 0.1530, accuracy 0.9582  0.4 s`
  private func line(of record: EpochRecord) -> String {
    var parts = ["epoch \(padded(record.epoch))/\(epochs)", "loss \(NumberText.fixed(record.loss, digits: 4))"]
    if let evaluation = record.evaluation, !evaluation.quantities.isEmpty {
      parts.append((record.isValidation ? "validation: " : "") + EvaluationText.line(evaluation))
    }
    parts.append(NumberText.duration(seconds: record.seconds))
    return parts.joined(separator: "  ")
  }

  private func padded(_ epoch: Int) -> String {
    String(repeating: " ", count: max(0, "\(epochs)".count - "\(epoch)".count)) + "\(epoch)"
  }

  // MARK: The living line

  private mutating func redraw(_ report: StepReport) {
    guard isLive, console.verbosity > .quiet else { return }
    let now = ContinuousClock.now
    guard now - drawn >= .seconds(Self.redrawInterval) else { return }
    drawn = now
    hasLine = true
    let loss = NumberText.fixed(report.loss, digits: 4)
    try? console.messages.write(
      "\r\u{1B}[Kepoch \(padded(report.epoch))/\(epochs)  step \(report.step)/\(report.stepsPerEpoch)  loss \(loss)")
  }

  /// Leaves a clean line behind, also where the training failed.
  mutating func end() { clear() }

  private mutating func clear() {
    if hasLine { try? console.messages.write("\r\u{1B}[K") }
    hasLine = false
  }

  private mutating func say(_ text: String, from least: Console.Verbosity = .normal) {
    clear()
    console.say(text, from: least)
  }
}
