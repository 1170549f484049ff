import Glibc
import NNData
import NNInterchange
import NNTraining

/// Writes the figures of each epoch where TensorBoard finds them: into one file in the folder of the run.
struct TensorBoardLog {
  private static let ending = ".nncc"
  private static let beginning = "events.out.tfevents."

  private let folder: RunFolder
  private var path: String?
  /// What kept it from writing, which is no reason to end a training.
  private(set) var trouble: DataError?

  init(_ folder: RunFolder) { self.folder = folder }

  /// Adds an epoch. The first time a new file is begun, with all epochs before it.
  mutating func add(_ record: EpochRecord) {
    guard trouble == nil else { return }
    do throws(DataError) {
      if let path {
        try FileWriter.append(EventRecords.record(Self.event(record, time: Self.now)), to: path)
      } else {
        try begin((try? folder.records()) ?? [record])
      }
    } catch {
      trouble = error
    }
  }

  /// For a training that has nothing left to do.
  mutating func finish() {
    guard path == nil, trouble == nil, let records = try? folder.records(), !records.isEmpty else { return }
    do throws(DataError) { try begin(records) } catch { trouble = error }
  }

  /// Files of earlier runs go: TensorBoard would show the epochs in them twice.
  private mutating func begin(_ records: [EpochRecord]) throws(DataError) {
    let now = Self.now
    let name = Self.beginning + "\(Int(now))" + Self.ending
    let total = records.last?.seconds ?? 0
    var bytes = EventRecords.header(time: now - total)
    for record in records { bytes += EventRecords.record(Self.event(record, time: now - total + record.seconds)) }
    let file = folder.path + "/" + name
    try FileWriter.write(bytes, to: file)
    path = file
    for other in (try? Folder.names(in: folder.path)) ?? [] where other != name {
      if other.hasPrefix(Self.beginning), other.hasSuffix(Self.ending) { unlink(folder.path + "/" + other) }
    }
  }

  private static func event(_ record: EpochRecord, time: Double) -> ScalarEvent {
    let judged = record.isValidation ? "validation" : "training"
    var scalars = [("loss/learning", record.loss), ("rate", record.rate), ("epoch", Double(record.epoch))]
    scalars += (record.evaluation?.quantities ?? []).map { ("\($0.name)/\(judged)", $0.value) }
    for norms in record.norms {
      scalars += [("weight_norm/\(norms.name)", Double(norms.weight)), ("gradient_norm/\(norms.name)", Double(norms.gradient))]
    }
    return ScalarEvent(step: record.steps, time: time, scalars: scalars)
  }

  private static var now: Double {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
