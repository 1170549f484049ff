import Glibc
import NNData

/// The folder of a training: its weights, what it needs to go on, and a line for each epoch.
package struct RunFolder: Sendable {
  package let path: String

  package init(_ path: String) { self.path = path }

  package var weights: String { path + "/weights.safetensors" }
  package var checkpoint: String { path + "/checkpoint" }
  package var metrics: String { path + "/metrics.jsonl" }

  var holdsCheckpoint: Bool { access(checkpoint, F_OK) == 0 }

  private var holdsRun: Bool { [weights, checkpoint, metrics].contains { (path: String) in access(path, F_OK) == 0 } }

  /// A run that is there already is nothing to write over.
  func refuseToReplaceRun() throws(TrainingError) {
    guard holdsRun else { return }
    throw TrainingError(
      "the folder holds a run already", kind: .file, path: path, help: "'--resume' goes on with it; '-o FOLDER' trains into another one")
  }

  /// Makes the folder and keeps other processes from training into it, until the lock is let go.
  func take() throws -> FolderLock {
    try Folder.make(path)
    guard let lock = FolderLock(path) else {
      throw TrainingError(
        "another process is training into this folder", kind: .file, path: path, help: "'-o FOLDER' trains into another one")
    }
    // What a process that was killed while writing left behind.
    for file in [weights, checkpoint, metrics] { FileWriter.removeLeftovers(of: file) }
    return lock
  }

  // MARK: metrics.jsonl

  /// Keeps the lines of the first `epochs` epochs: later ones are about to be done again.
  func keepRecords(epochs: Int) throws {
    guard access(metrics, F_OK) == 0 else { return }
    let text = try ByteBuffer(contentsOf: metrics).array
    let lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: true)
    let kept = lines.filter { line in
      guard let json = try? JSON(parsing: ByteBuffer(Array(line))), let record = EpochRecord(json) else { return false }
      return record.epoch <= epochs
    }
    let bytes = kept.flatMap { $0 + [UInt8(ascii: "\n")] }
    try FileWriter.write(String(decoding: bytes, as: UTF8.self), to: metrics)
  }

  func append(_ record: EpochRecord) throws(TrainingError) {
    let line = Array((record.json.text + "\n").utf8)
    let file = open(metrics, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
    defer { if file >= 0 { close(file) } }
    guard file >= 0, write(file, line, line.count) == line.count else {
      throw TrainingError("cannot write it: \(String(cString: strerror(errno)))", kind: .file, path: metrics)
    }
  }
}
