import NNSchedule

/// Where the chunks of a kernel leave what they sum over their rows: each in a part of its own, since they may run at the same time.
///
/// Parts are added up in the order of the chunks, with tasks or without. As chunks do not depend on the number of threads, neither do the sums.
struct ChunkSums {
  /// The numbers that are summed up.
  let elements: Int
  /// Elements of one part, in whole cache lines.
  let size: Int
  /// How many chunks there are at most.
  let most: Int
  private let offsets: [Sink.Target: Int]

  /// The part of the chunk at hand, and where all of them begin.
  static let part = "part"
  static let parts = "parts"
  static let reservedNames = [part, parts]

  init?(_ kernel: Kernel, _ chunks: ChunkPlan?, batch: Int) {
    guard let chunks, chunks.sumsParts else { return nil }
    var offsets: [Sink.Target: Int] = [:]
    var next = 0
    for sink in kernel.sinks where offsets[sink.target] == nil {
      offsets[sink.target] = next
      next += Self.count(sink, kernel)
    }
    self.offsets = offsets
    elements = next
    size = MemoryPlan.rounded(next)
    most = (chunks.extent.at(batch: batch) + chunks.size - 1) / chunks.size
  }

  /// How many numbers a sink sums up.
  static func count(_ sink: Sink, _ kernel: Kernel) -> Int {
    guard sink.level == .full, case .memory = sink.target else { return 1 }
    return kernel.columns
  }

  /// The place of a sink's number for a column, or its only one, in a part.
  func index(_ sink: Sink, column: String?) -> String { IndexText.sum(offsets[sink.target] ?? 0, [(1, column)]) }

  /// The declaration of a task's part.
  func declaration(_ real: String) -> String { "\(real) *restrict const \(Self.part) = \(Self.parts) + chunk * \(size);" }

  /// Whether a part may be an array of the function's own, which compilers keep in registers.
  var isSmall: Bool { size <= 256 }
}
