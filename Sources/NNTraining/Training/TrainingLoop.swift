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
  private let bounds: BatchBounds
  private let stepsPerEpoch: Int

  private(set) var progress: TrainingProgress
  private var lastRecord: EpochRecord?
  private var stopping: EarlyStopping?
  private var watch: TrainingWatch?
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
    guard !data.order.training.isEmpty else { throw TrainingError("the data holds no examples") }
    bounds = data.bounds(size: instance.batch)
    stepsPerEpoch = bounds.count
    do {
      schedule = try RateSchedule(recipe.schedule, stepsPerEpoch: stepsPerEpoch, epochs: recipe.epochs)
    } catch {
      throw TrainingError(error.message, range: recipe.ranges["schedule"], help: error.help)
    }
    baseRate = recipe.optimizer.rate
    progress = TrainingProgress(seed: recipe.seed)
    stopping = try EarlyStopping(recipe, instance, judgedByValidation: data.judged.isValidation)
  }

  // MARK: Going on

  /// Goes on where the checkpoint of the folder stands. False if there is none.
  ///
  /// - Parameter mayChange: whether it may go on by another recipe.
  mutating func resume(mayChange: Bool) throws -> Bool {
    guard let saving, let checkpoint = try saving.checkpoint(into: instance, stopping?.kept) else { return false }
    if !mayChange {
      let epochs = checkpoint.progress.epochs
      let longer = epochs > recipe.epochs ? "the run was trained for \(epochs) epochs, not \(recipe.epochs)" : nil
      if let change = checkpoint.changes.first ?? longer {
        throw TrainingError(change, kind: .file, path: saving.folder.path, help: "'-o FOLDER' keeps another sweep in another one")
      }
    }
    progress = checkpoint.progress
    lastRecord = checkpoint.lastRecord
    if checkpoint.keepsBest && checkpoint.judgesAlike {
      stopping?.resume(checkpoint.bestRecord)
    } else {
      let isTelling = checkpoint.judgesAlike && progress.position == 0 && lastRecord?.isValidation == true
      stopping?.resume(after: progress.epochs, last: isTelling ? lastRecord : nil)
    }
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
    let isWhole = try isDone || runEpochs()
    try save()
    guard isWhole else { return result(isInterrupted: true, test: nil) }
    if let stopping, stopping.best != nil { stopping.kept.restore() }
    let test = try data.test.map(Evaluator(instance: instance).evaluate)
    return result(isInterrupted: false, test: test)
  }

  /// Those that are left. False if they were interrupted. No batch is made any more once this returns: what follows uses the same memory.
  private mutating func runEpochs() throws -> Bool {
    let plan = BatchPlan(data.order, bounds, epochs: recipe.epochs, from: progress)
    let loader = try BatchLoader(data.table, plan, for: instance, isAhead: setup.lanes > 1)
    startWatching()
    while !isDone {
      guard try runEpoch(loader) else { return false }
      if !isDone { try saveIfDue() }
    }
    return true
  }

  private var isDone: Bool { progress.epochs >= recipe.epochs || stopping?.isOver(after: progress.epochs) == true }

  private func result(isInterrupted: Bool, test: Evaluation?) -> TrainingResult {
    TrainingResult(
      epochs: progress.epochs, last: lastRecord, best: stopping?.best, test: test, seconds: seconds, isInterrupted: isInterrupted)
  }

  /// The rest of the current epoch. False if it was interrupted.
  private mutating func runEpoch(_ loader: BatchLoader) throws -> Bool {
    let count = data.order.training.count
    if progress.position == 0 { watch?.beginEpoch(instance) }
    var rate = 0.0
    while progress.position < count {
      if bounds.begins(at: progress.position) { instance.restartExamples() }
      rate = try runStep(loader, examples: bounds.end(from: progress.position) - progress.position)
      if progress.position == count { break }
      if isInterrupted() { return false }
      try saveIfDue()
    }
    try finishEpoch(rate: rate, examples: count)
    return !isInterrupted() || isDone
  }

  /// Returns the rate it used.
  private mutating func runStep(_ loader: BatchLoader, examples count: Int) throws -> Double {
    if let event = instance.takeReplacement() { observer(event) }
    let rate = baseRate * schedule.factor(atStep: Int(clamping: progress.steps))
    guard try loader.load(into: instance) else { preconditionFailure("there are fewer batches than steps") }
    let loss = instance.step(count: count, rate: rate, step: progress.steps, stream: progress.stream)
    guard loss.isFinite else { throw try lossDivergence(loss, examples: count) }
    progress.add(loss, examples: count)
    let step = bounds.count(to: progress.position)
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
    let evaluation = needsJudging ? try Evaluator(instance: instance).evaluate(judged.table, rows: judged.rows) : nil
    var record = EpochRecord(
      epoch: progress.epochs + 1, steps: Int(clamping: progress.steps), loss: progress.lossSum / Double(examples), rate: rate,
      evaluation: evaluation, isValidation: judged.isValidation, seconds: seconds)
    progress.beginEpoch()
    let diagnoses = try watch?.finishEpoch(&record, instance) ?? []
    if let loss = evaluation?.loss, judged.isValidation, !loss.isFinite, lastRecord?.evaluation?.loss?.isFinite ?? true {
      observer(.warned("the validation loss of epoch \(record.epoch) is \(loss): there is nothing to judge it by"))
    }
    lastRecord = record
    stopping?.judge(record)
    try saving?.folder.append(record)
    observer(.finishedEpoch(record))
    diagnoses.forEach { observer(.diagnosed($0)) }
  }

  /// A training can do without, should there be no memory for it.
  private mutating func startWatching() {
    do {
      let watch = try TrainingWatch(setup, data, batch: instance.batch, records: saving?.folder.records() ?? [])
      self.watch = watch
      try watch.begin(instance, data, isFresh: progress.steps == 0).forEach { observer(.diagnosed($0)) }
    } catch {
      observer(.warned("the model is not watched while it learns: \(error)"))
    }
  }

  private var size: TrainingSize {
    let judged = data.judged
    return TrainingSize(
      parameters: instance.compiled.layout.parameterCount, trainingExamples: data.order.training.count,
      validationExamples: judged.isValidation ? judged.rows.count : 0, testExamples: data.test?.count ?? 0, stepsPerEpoch: stepsPerEpoch,
      epochs: recipe.epochs, compiler: instance.compilerName, compileMicroseconds: instance.compileMicroseconds)
  }
}
