import NNData

/// Saves a training in its folder, and finds it there again.
struct RunSaving {
  let folder: RunFolder
  let identity: RunIdentity
  /// The most seconds of work that a crash costs, saving itself aside.
  let interval: Double

  func save(_ instance: ModelInstance, _ progress: TrainingProgress, last: EpochRecord?, _ stopping: EarlyStopping?) throws {
    let best = stopping?.best
    let kept = best == nil ? nil : stopping?.kept
    let tensors = (instance.checkpointSlots + (kept?.checkpointSlots ?? [])).map(\.tensor)
    try Checkpoint.write(tensors, progress, last: last, best: best, of: identity, to: folder.checkpoint)
    try WeightFile.write(kept?.weightSlots ?? instance.weightSlots, to: folder.weights)
  }

  /// Fills the memory of the program with what was saved; nil if nothing was.
  func checkpoint(into instance: ModelInstance, _ kept: KeptWeights?) throws -> Checkpoint? {
    guard folder.holdsCheckpoint else { return nil }
    return try Checkpoint(folder.checkpoint, into: instance, kept: kept, identity: identity)
  }
}
