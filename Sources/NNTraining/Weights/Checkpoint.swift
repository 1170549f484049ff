import NNData
import NNGraph
import NNSchedule

/// All that a training needs to go on as if it had never stopped.
struct Checkpoint {
  private static let format = "nncc checkpoint 2"

  let progress: TrainingProgress
  /// The last whole epoch, for the result of a training that has nothing left to do.
  let lastRecord: EpochRecord?
  /// The epoch that was best so far, where that is kept.
  let bestRecord: EpochRecord?
  /// Whether the training looked for its best epoch.
  let keepsBest: Bool
  /// Whether its epochs were judged by the present examples.
  let judgesAlike: Bool
  /// What has been changed on purpose since it was written, each in a sentence.
  let changes: [String]

  static func write(
    _ tensors: [Tensor], _ progress: TrainingProgress, last: EpochRecord?, best: EpochRecord?, of identity: RunIdentity, to path: String
  ) throws {
    var metadata = progress.metadata.merging(identity.metadata) { _, mine in mine }
    metadata["format"] = Self.format
    metadata["record"] = last?.json.text
    metadata["best"] = best?.json.text
    try Safetensors(tensors: tensors, metadata: metadata).write(to: path)
  }

  /// Reads a checkpoint, and fills the memory of the program with what it holds; nothing of it changes where the checkpoint does not fit.
  ///
  /// - Parameter kept: where the weights of the best epoch go, if the checkpoint has them.
  init(_ path: String, into instance: ModelInstance, kept: KeptWeights?, identity: RunIdentity) throws {
    let file = try Safetensors(contentsOf: path)
    guard file.metadata["format"] == Self.format, let progress = TrainingProgress(metadata: file.metadata) else {
      throw ContentError("it is not a checkpoint of this program").inFile(path)
    }
    do { try identity.checkKind(file.metadata) } catch { throw error.inFile(path) }
    let best = file.metadata["best"] == nil ? nil : kept
    let tensors = best == nil ? file.tensors.filter { !$0.name.hasPrefix(KeptWeights.prefix) } : file.tensors
    let filling = SlotFilling(
      path: path, purpose: "a checkpoint", exactType: instance.precision == .f32 ? "float32" : "float64", refusesNonFinite: false)
    let slots = instance.checkpointSlots + (best?.checkpointSlots ?? [])
    try filling.check(slots, against: tensors)
    do { try identity.checkContent(file.metadata) } catch { throw error.inFile(path) }
    do {
      lastRecord = try Self.record(file.metadata["record"])
      bestRecord = best == nil ? nil : try Self.record(file.metadata["best"])
    } catch {
      throw ContentError("it is damaged: \(error.message)").inFile(path)
    }
    try filling.fill(slots, from: tensors)
    self.progress = progress
    keepsBest = RunIdentity.keepsBest(file.metadata)
    judgesAlike = identity.judgesAlike(file.metadata)
    changes = identity.changes(since: file.metadata)
  }

  private static func record(_ text: String?) throws(ContentError) -> EpochRecord? {
    guard let text else { return nil }
    return EpochRecord(try JSON(parsing: ByteBuffer(Array(text.utf8))))
  }
}
