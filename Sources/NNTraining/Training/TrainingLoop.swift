import NNGraph
import NNOperations
import NNSchedule

/// Epoch after epoch, step after step. Everything it does next follows from `progress` and the memory of the instance.
struct TrainingLoop {
  /// So many seconds after the last time is a training saved at the end of an epoch.
  private static let saveInterval = 2.0
  /// And after so many within an epoch: what a crash can cost.
  private static let longestUnsaved = 30.0

  private let instance: ModelInstance
  private let data: TrainingData
  private let recipe: Recipe
  private let schedule: RateSchedule
  private let baseRate: Double
  private let folder: RunFolder?
  private let observer: (TrainingEvent) -> Void
  private let isInterrupted: () -> Bool
  private let stepsPerEpoch: Int

  private var progress: TrainingProgress
  private var lastRecord: EpochRecord?
  private var clock = ContinuousClock.now
  private var lastSave = ContinuousClock.now

  init(
    _ instance: ModelInstance, _ data: TrainingData, folder: RunFolder?, observer: @escaping (TrainingEvent) -> Void,
    isInterrupted: @escaping () -> Bool
  ) throws {
    self.instance = instance
    self.data = data
    self.folder = folder
    self.observer = observer
    self.isInterrupted = isInterrupted
    recipe = instance.model.recipe
    let count = data.order.training.count
    guard count > 0 else { throw TrainingError("the data holds no examples") }
    stepsPerEpoch = (count + instance.batch - 1) / instance.batch
    do {
      schedule = try RateSchedule(recipe.schedule, stepsPerEpoch: stepsPerEpoch, epochs: recipe.epochs)
    } catch {
      throw TrainingError(error.message, range: recipe.ranges["schedule"], help: error.help)
    }
    baseRate = Optimizers.rate(of: recipe.optimizer)
    progress = TrainingProgress(seed: recipe.seed)
  }

  // MARK: Going on

  /// Goes on where the checkpoint of the folder stands. False if there is none.
  mutating func resume() throws -> Bool {
    guard let folder, folder.holdsCheckpoint else { return false }
    let checkpoint = try Checkpoint(folder.checkpoint, into: instance, optimizer: recipe.optimizer.name, seed: recipe.seed)
    guard checkpoint.progress.position < data.order.training.count else {
      throw TrainingError(
        "the run stands at example \(checkpoint.progress.position) of an epoch, but there are \(data.order.training.count)",
        path: folder.checkpoint, help: "go on with the data the run was started with")
    }
    progress = checkpoint.progress
    lastRecord = checkpoint.lastRecord
    observer(.resumed(epochs: progress.epochs, steps: progress.steps))
    return true
  }

  private mutating func save() throws {
    lastSave = .now
    guard let folder else { return }
    progress.seconds += (lastSave - clock).inSeconds
    clock = lastSave
    try Checkpoint(progress: progress, lastRecord: lastRecord, optimizer: recipe.optimizer.name).write(instance, to: folder.checkpoint)
    try WeightFile.write(instance, to: folder.weights)
  }

  private var secondsUnsaved: Double { (ContinuousClock.now - lastSave).inSeconds }

  private var seconds: Double { progress.seconds + (ContinuousClock.now - clock).inSeconds }

  // MARK: Epochs

  mutating func run() throws -> TrainingResult {
    observer(.began(size))
    try folder?.keepRecords(epochs: progress.epochs)
    while progress.epochs < recipe.epochs {
      guard try runEpoch() else {
        try save()
        return result(isInterrupted: true, test: nil)
      }
      if progress.epochs < recipe.epochs, secondsUnsaved >= Self.saveInterval { try save() }
    }
    try save()
    return result(isInterrupted: false, test: data.test.map(Evaluator(instance: instance).evaluate))
  }

  private func result(isInterrupted: Bool, test: Evaluation?) -> TrainingResult {
    TrainingResult(epochs: progress.epochs, last: lastRecord, test: test, seconds: seconds, isInterrupted: isInterrupted)
  }

  /// The rest of the current epoch. False if it was interrupted.
  private mutating func runEpoch() throws -> Bool {
    let rows = data.order.rows(epoch: progress.epochs)
    if progress.position == 0 { instance.restartExamples() }
    var rate = 0.0
    while progress.position < rows.count {
      rate = try runStep(rows[progress.position..<min(progress.position + instance.batch, rows.count)])
      if progress.position == rows.count { break }
      if isInterrupted() { return false }
      if secondsUnsaved >= Self.longestUnsaved { try save() }
    }
    try finishEpoch(rate: rate, examples: rows.count)
    return !isInterrupted() || progress.epochs == recipe.epochs
  }

  /// Returns the rate it used.
  private mutating func runStep(_ batch: ArraySlice<Int>) throws -> Double {
    if let event = instance.takeReplacement() { observer(event) }
    let rate = baseRate * schedule.factor(atStep: Int(clamping: progress.steps))
    instance.memory.examples.gather(batch, of: data.table)
    let loss = instance.step(count: batch.count, rate: rate, step: progress.steps, stream: progress.stream)
    guard loss.isFinite else { throw divergence(loss, examples: batch.count) }
    progress.steps += 1
    progress.examples += UInt64(batch.count)
    progress.position += batch.count
    progress.lossSum += loss * Double(batch.count)
    let step = (progress.position + instance.batch - 1) / instance.batch
    observer(.stepped(StepReport(epoch: progress.epochs + 1, step: step, stepsPerEpoch: stepsPerEpoch, loss: loss)))
    return rate
  }

  private func divergence(_ loss: Double, examples: Int) -> TrainingError {
    let saved = folder.map { $0.holdsCheckpoint ? " ('\($0.checkpoint)' keeps what was before)" : "" } ?? ""
    let needsMore = examples == 1 && instance.model.states.contains { !$0.type.isBatched }
    return TrainingError(
      "the loss is \(loss) at step \(progress.steps + 1), in epoch \(progress.epochs + 1)\(saved)",
      range: instance.model.losses.first?.range,
      help: needsMore
        ? "this batch is one example, of which 'batchnorm' can take no variance: choose another 'batch'"
        : "a smaller 'rate' may help; or a value in the data is out of all proportion")
  }

  private mutating func finishEpoch(rate: Double, examples: Int) throws {
    let judged = data.judged
    let needsJudging = judged.isValidation || !instance.model.metrics.isEmpty
    let evaluation = needsJudging ? Evaluator(instance: instance).evaluate(judged.table, rows: judged.rows) : nil
    let record = EpochRecord(
      epoch: progress.epochs + 1, steps: Int(clamping: progress.steps), loss: progress.lossSum / Double(examples), rate: rate,
      evaluation: evaluation, isValidation: judged.isValidation, seconds: seconds)
    progress.epochs += 1
    progress.position = 0
    progress.lossSum = 0
    lastRecord = record
    try folder?.append(record)
    observer(.finishedEpoch(record))
  }

  private var size: TrainingSize {
    let judged = data.judged
    return TrainingSize(
      parameters: instance.compiled.layout.parameterCount, trainingExamples: data.order.training.count,
      validationExamples: judged.isValidation ? judged.rows.count : 0, testExamples: data.test?.count ?? 0, stepsPerEpoch: stepsPerEpoch,
      epochs: recipe.epochs, compiler: instance.compilerName, compileMicroseconds: instance.compileMicroseconds)
  }
}
