import NNData
import NNGraph
import NNSchedule

/// All that a training needs to go on as if it had never stopped.
struct Checkpoint {
  private static let format = "nncc checkpoint 1"

  var progress: TrainingProgress
  /// The last whole epoch, for the result of a training that has nothing left to do.
  var lastRecord: EpochRecord?
  var optimizer: String

  func write(_ instance: ModelInstance, to path: String) throws {
    var metadata = progress.metadata
    metadata["format"] = Self.format
    metadata["optimizer"] = optimizer
    if let lastRecord { metadata["record"] = lastRecord.json.text }
    try Safetensors(tensors: instance.checkpointSlots.map(\.tensor), metadata: metadata).write(to: path)
  }

  /// Reads a checkpoint, and fills the memory of the program with what it holds.
  init(_ path: String, into instance: ModelInstance, optimizer: String, seed: UInt64) throws {
    let file = try Safetensors(contentsOf: path)
    guard file.metadata["format"] == Self.format, let progress = TrainingProgress(metadata: file.metadata) else {
      throw ContentError("it is not a checkpoint of this program").inFile(path)
    }
    let used = file.metadata["optimizer"] ?? ""
    guard used == optimizer else {
      throw ContentError("the run was started with the optimizer '\(used)', not '\(optimizer)'", help: "start a new run in another folder")
        .inFile(path)
    }
    guard progress.seed == seed else {
      throw ContentError("the run was started with seed \(progress.seed), not \(seed)", help: "go on with '--seed \(progress.seed)'")
        .inFile(path)
    }
    let type = instance.precision == .f32 ? "float32" : "float64"
    try SlotFilling(path: path, purpose: "a checkpoint", exactType: type, refusesNonFinite: false)
      .fill(instance.checkpointSlots, from: file.tensors)
    self.progress = progress
    self.optimizer = optimizer
    lastRecord = try file.metadata["record"].flatMap { try EpochRecord(JSON(parsing: ByteBuffer(Array($0.utf8)))) }
  }

  init(progress: TrainingProgress, lastRecord: EpochRecord?, optimizer: String) {
    self.progress = progress
    self.lastRecord = lastRecord
    self.optimizer = optimizer
  }
}
