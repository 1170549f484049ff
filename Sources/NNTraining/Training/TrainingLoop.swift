import NNGraph
import NNOperations
import NNSchedule

/// Epoch after epoch, step after step. Everything it does next follows from `progress` and the memory of the instance.
struct TrainingLoop {
  let setup: ModelSetup
  let instance: ModelInstance
  let saving: RunSaving?
  private let data: TrainingData
  private let recipe: Recipe
  private let schedule: RateSchedule
  private let baseRate: Double
  private let observer: (TrainingEvent) -> Void
  private let isInterrupted: () -> Bool
  private let augmentation: Augmentation?
  private let stepsPerEpoch: Int

  private(set) var progress: TrainingProgress
  private var lastRecord: EpochRecord?
  private var stopping: EarlyStopping?
  private var clock = ContinuousClock.now
  private var lastSave = ContinuousClock.now

  init(
    _ setup: ModelSetup, _ instance: ModelInstance, _ data: TrainingData, saving: RunSaving?,
    observer: @escaping (TrainingEvent) -> Void, isInterrupted: @escaping () -> Bool
  ) throws {
    self.setup = setup
    self.instance = instance
    self.data = data
    self.saving = saving
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
    augmentation = try Augmentation(instance.model, precision: instance.precision)
    baseRate = Optimizers.rate(of: recipe.optimizer)
    progress = TrainingProgress(seed: recipe.seed)
    stopping = try EarlyStopping(recipe, instance, judgedByValidation: data.judged.isValidation)
  }

  // MARK: Going on

  /// Goes on where the checkpoint of the folder stands. False if there is none.
  mutating func resume() throws -> Bool {
    guard let checkpoint = try saving?.checkpoint(into: instance, stopping?.kept) else { return false }
    progress = checkpoint.progress
    lastRecord = checkpoint.lastRecord
    stopping?.best = checkpoint.bestRecord
    checkpoint.changes.forEach { observer(.warned($0)) }
    observer(.resumed(epochs: progress.epochs, steps: progress.steps))
    return true
  }

  /// Never over what was saved before with weights that are no numbers.
  private mutating func save() throws {
    if let parameter = instance.firstNonFiniteParameter { throw divergence(parameter) }
    lastSave = .now
    progress.seconds += (lastSave - clock).inSeconds
    clock = lastSave
    try saving?.save(instance, progress, last: lastRecord, stopping)
  }

  private mutating func saveIfDue() throws {
    guard let saving, (ContinuousClock.now - lastSave).inSeconds >= saving.interval else { return }
    try save()
  }

  private var seconds: Double { progress.seconds + (ContinuousClock.now - clock).inSeconds }

  // MARK: Epochs

  mutating func run() throws -> TrainingResult {
    observer(.began(size))
    try saving?.folder.keepRecords(epochs: progress.epochs)
    while !isDone {
      guard try runEpoch() else {
        try save()
        return result(isInterrupted: true, test: nil)
      }
      if !isDone { try saveIfDue() }
    }
    try save()
    if let stopping, stopping.best != nil { stopping.kept.restore() }
    return result(isInterrupted: false, test: data.test.map(Evaluator(instance: instance).evaluate))
  }

  private var isDone: Bool { progress.epochs >= recipe.epochs || stopping?.isOver(after: progress.epochs) == true }

  private func result(isInterrupted: Bool, test: Evaluation?) -> TrainingResult {
    TrainingResult(
      epochs: progress.epochs, last: lastRecord, best: stopping?.best, test: test, seconds: seconds, isInterrupted: isInterrupted)
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
      try saveIfDue()
    }
    try finishEpoch(rate: rate, examples: rows.count)
    return !isInterrupted() || isDone
  }

  /// Returns the rate it used.
  private mutating func runStep(_ batch: ArraySlice<Int>) throws -> Double {
    if let event = instance.takeReplacement() { observer(event) }
    let rate = baseRate * schedule.factor(atStep: Int(clamping: progress.steps))
    instance.memory.examples.gather(batch, of: data.table)
    augmentation?.apply(to: instance.memory.examples, count: batch.count, seen: progress.examples)
    let loss = instance.step(count: batch.count, rate: rate, step: progress.steps, stream: progress.stream)
    guard loss.isFinite else { throw try lossDivergence(loss, examples: batch.count) }
    progress.steps += 1
    progress.examples += UInt64(batch.count)
    progress.position += batch.count
    progress.lossSum += loss * Double(batch.count)
    let step = (progress.position + instance.batch - 1) / instance.batch
    let examples = Int(clamping: progress.examples)
    observer(
      .stepped(StepReport(epoch: progress.epochs + 1, step: step, stepsPerEpoch: stepsPerEpoch, examples: examples, loss: loss)))
    return rate
  }

  /// A step whose loss is not finite has changed nothing, so that what was before it can still be saved.
  private mutating func lossDivergence(_ loss: Double, examples: Int) throws -> TrainingError {
    if instance.firstNonFiniteParameter == nil { try save() }
    return try divergence(loss, examples: examples)
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
    stopping?.judge(record)
    try saving?.folder.append(record)
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
