import NNSource
import NNTraining

/// Shows a training as it goes: one line that lives on a terminal, one plain line for each epoch elsewhere.
struct TrainingDisplay {
  /// So often the living line is drawn anew, in seconds: more would cost time, and nobody could read it.
  private static let redrawInterval = 0.1

  private let console: Console
  private let sources: SourceMap
  private let isLive: Bool
  private var epochs = 0
  private var totalExamples = 0
  /// When the first step was shown, and how many examples had been learnt from.
  private var first: (time: ContinuousClock.Instant, examples: Int)?
  private var drawn = ContinuousClock.now
  /// When the last line that stays was written.
  private var kept = ContinuousClock.now
  private var hasLine = false

  /// - Parameter sources: the texts that diagnoses point into.
  init(console: Console, sources: SourceMap) {
    self.console = console
    self.sources = sources
    isLive = console.messages.isTerminal
  }

  mutating func show(_ event: TrainingEvent) {
    switch event {
    case .began(let size): begin(size)
    case .resumed(let epochs, let steps): say("resumed after epoch \(epochs), step \(steps)")
    case .stepped(let report): redraw(report)
    case .finishedEpoch(let record): finish(record)
    case .swapped(let compiler): say("now running code made by \(compiler)", from: .verbose)
    case .diagnosed(let diagnosis):
      clear()
      console.warn(about: [diagnosis.diagnostic], in: sources)
    case .warned(let message):
      clear()
      console.warn(message)
    }
  }

  private mutating func begin(_ size: TrainingSize) {
    epochs = size.epochs
    totalExamples = size.epochs * size.trainingExamples
    var parts = [NumberText.count(size.parameters, "parameter"), NumberText.count(size.trainingExamples, "example") + " to learn from"]
    if size.validationExamples > 0 { parts.append("\(NumberText.grouped(size.validationExamples)) to validate by") }
    if size.testExamples > 0 { parts.append("\(NumberText.grouped(size.testExamples)) to test by") }
    say(parts.joined(separator: ", "))
    say("compiled by \(size.compiler) in \(NumberText.duration(seconds: Double(size.compileMicroseconds) * 1e-6))", from: .verbose)
  }

  /// `epoch  3/20  loss 0.1203  validation: loss 0.153, accuracy 0.9582  0.4 s`
  private func line(of record: EpochRecord) -> String {
    let (training, validation) = EvaluationText.line(record, digits: 4)
    let parts = [
      "epoch \(padded(record.epoch))/\(epochs)", training, validation.map { "validation: \($0)" },
      NumberText.duration(seconds: record.seconds),
    ]
    return parts.compactMap { $0 }.joined(separator: "  ")
  }

  private func padded(_ epoch: Int) -> String {
    String(repeating: " ", count: max(0, "\(epochs)".count - "\(epoch)".count)) + "\(epoch)"
  }

  // MARK: The living line

  private mutating func redraw(_ report: StepReport) {
    if first == nil { first = (.now, report.examples) }
    guard isDue else { return }
    let loss = NumberText.short(report.loss, digits: 4)
    let pace = pace(report.examples).map { "  " + $0 } ?? ""
    draw("epoch \(padded(report.epoch))/\(epochs)  step \(report.step)/\(report.stepsPerEpoch)  loss \(loss)\(pace)")
  }

  /// `12,300 examples/s, 1 min 5 s left`: what has been done since the start tells how long the rest takes.
  private func pace(_ examples: Int) -> String? {
    guard let first, examples > first.examples else { return nil }
    let passed = (ContinuousClock.now - first.time) / .seconds(1)
    guard passed > 0.2 else { return nil }
    let speed = Double(examples - first.examples) / passed
    let left = Double(max(totalExamples - examples, 0)) / speed
    return "\(NumberText.grouped(Int(speed.rounded()))) examples/s, \(NumberText.duration(seconds: left)) left"
  }

  /// On a terminal epochs that nobody could read apart share the living line.
  private mutating func finish(_ record: EpochRecord) {
    let text = line(of: record)
    guard isLive, record.epoch < epochs, ContinuousClock.now - kept < .seconds(Self.redrawInterval) else {
      kept = .now
      return say(text)
    }
    if isDue { draw(text) }
  }

  private var isDue: Bool {
    isLive && console.verbosity > .quiet && ContinuousClock.now - drawn >= .seconds(Self.redrawInterval)
  }

  private mutating func draw(_ text: String) {
    drawn = .now
    hasLine = true
    try? console.messages.write("\r\u{1B}[K" + text)
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
