import Glibc
import NNData

/// The folder of a training: its weights, what it needs to go on, and a line for each epoch.
package struct RunFolder: Sendable {
  package let path: String

  package init(_ path: String) { self.path = path }

  package var weights: String { path + "/weights.safetensors" }
  package var checkpoint: String { path + "/checkpoint" }
  package var metrics: String { path + "/metrics.jsonl" }
  package var report: String { path + "/report.html" }
  var originFile: String { path + "/run.json" }

  var holdsCheckpoint: Bool { holds(checkpoint) }

  package var holdsRun: Bool { [weights, checkpoint, metrics].contains(where: holds) }

  func holds(_ file: String) -> Bool { access(file, F_OK) == 0 }

  /// A run that is there already is nothing to write over.
  func refuseToReplaceRun() throws(TrainingError) {
    guard holdsRun else { return }
    throw TrainingError(
      "the folder holds a run already", kind: .file, path: path, help: "'--resume' goes on with it; '-o FOLDER' trains into another one")
  }

  /// Weights without a checkpoint cannot be gone on with, and are no less worth for it.
  func refuseToLoseWeights() throws(TrainingError) {
    guard holds(weights), !holdsCheckpoint else { return }
    throw TrainingError(
      "the folder holds the weights of a run, and no checkpoint to go on from", kind: .file, path: path,
      help: "'-o FOLDER' trains into another one; '--weights \(weights)' begins it with these weights")
  }

  /// Makes the folder and keeps other processes from training into it, until the lock is let go.
  func take() throws -> FolderLock {
    try Folder.make(path)
    guard let lock = FolderLock(path) else {
      throw TrainingError(
        "another process is training into this folder", kind: .file, path: path, help: "'-o FOLDER' trains into another one")
    }
    // What a process that was killed while writing left behind.
    for file in [weights, checkpoint, metrics, report, originFile] { FileWriter.removeLeftovers(of: file) }
    return lock
  }

  // MARK: metrics.jsonl

  /// Every epoch that is written down. A line that is none, such as one cut off by a crash, is passed over.
  package func records() throws -> [EpochRecord] {
    guard access(metrics, F_OK) == 0 else { return [] }
    let lines = try ByteBuffer(contentsOf: metrics).array.split(separator: UInt8(ascii: "\n"))
    return lines.compactMap { line in (try? JSON(parsing: ByteBuffer(Array(line)))).flatMap(EpochRecord.init) }
  }

  /// Keeps the lines of the first `epochs` epochs: later ones are about to be done again.
  func keepRecords(epochs: Int) throws {
    guard access(metrics, F_OK) == 0 else { return }
    let kept = try records().filter { $0.epoch <= epochs }
    try FileWriter.write(kept.map { $0.json.text + "\n" }.joined(), to: metrics)
  }

  func append(_ record: EpochRecord) throws {
    try FileWriter.append(Array((record.json.text + "\n").utf8), to: metrics)
  }
}
