import NNGraph
import NNSchedule

/// Trains a model as its recipe says.
package struct Trainer {
  /// Seconds from one checkpoint to the next.
  package static let saveInterval = 15.0

  private let setup: ModelSetup
  private let folder: RunFolder?
  private let resumes: Bool
  private let mayChange: Bool
  private let weights: String?
  private let saveInterval: Double

  /// - Parameters:
  ///   - folder: where the run is kept; nil keeps nothing.
  ///   - resumes: go on with the run in the folder, if there is one.
  ///   - mayChange: whether it may go on by another recipe.
  ///   - weights: the path of a weight file that a new run starts from.
  ///   - saveInterval: the most seconds from one checkpoint to the next.
  package init(
    _ setup: ModelSetup, folder: RunFolder? = nil, resumes: Bool = false, mayChange: Bool = true, weights: String? = nil,
    saveInterval: Double = Trainer.saveInterval
  ) {
    self.setup = setup
    self.folder = folder
    self.resumes = resumes
    self.mayChange = mayChange
    self.weights = weights
    self.saveInterval = saveInterval
  }

  /// - Parameters:
  ///   - isInterrupted: asked between two steps; after a yes the run is saved and ends.
  ///   - begins: called when all data is read, before anything is made or written.
  package func run(
    observer: @escaping (TrainingEvent) -> Void = { _ in }, isInterrupted: @escaping () -> Bool = { false }, begins: () -> Void = {}
  ) throws -> TrainingResult {
    try setup.checkTrainable()
    try folder?.refuseToLoseWeights()
    if !resumes { try folder?.refuseToReplaceRun() }
    let data = try TrainingData(setup)
    begins()
    let instance = try setup.instance([.step, .evaluate], batch: setup.model.recipe.batch)
    instance.learnNormalization(from: data.table, rows: data.order.training)
    let lock = try folder?.take()
    defer { withExtendedLifetime(lock) {} }
    let saving = folder.map { RunSaving(folder: $0, identity: RunIdentity(setup.model, data), interval: saveInterval) }
    var loop = try TrainingLoop(setup, instance, data, saving: saving, observer: observer, isInterrupted: isInterrupted)
    let goesOn = try resumes && loop.resume(mayChange: mayChange)
    if goesOn, let weights { observer(.warned("the run goes on from its checkpoint, not from '\(weights)'")) }
    if !goesOn, let weights { try WeightFile.read(weights, into: instance) }
    if let folder, let origin = setup.origin { try folder.keep(origin) }
    return try loop.run()
  }

}

extension ModelSetup {
  /// Whether there is something to learn, and something to learn by.
  func checkTrainable() throws(TrainingError) {
    guard !model.losses.isEmpty else { throw TrainingError("the model has no loss to train by", help: "add a line 'loss EXPR'") }
    guard !model.parameters.isEmpty else { throw TrainingError("the model has no parameters to train") }
  }
}
