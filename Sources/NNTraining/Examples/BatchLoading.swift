import NNData
import NNExecution
import NNGraph
import NNSchedule

/// Which examples are learnt from, batch after batch: a function of the seed and of where the training stands.
struct BatchPlan {
  private let order: ExampleOrder
  private let bounds: BatchBounds
  private let epochs: Int
  private var epoch: Int
  private var position: Int
  private var seen: UInt64
  private var rows: [Int] = []

  /// From where a training stands to the end of its last epoch.
  init(_ order: ExampleOrder, _ bounds: BatchBounds, epochs: Int, from progress: TrainingProgress) {
    self.order = order
    self.bounds = bounds
    self.epochs = epochs
    epoch = progress.epochs
    position = progress.position
    seen = progress.examples
  }

  /// Rows of the table, and how many examples were learnt from before; nil at the end.
  mutating func next() -> (rows: ArraySlice<Int>, seen: UInt64)? {
    if position >= order.training.count {
      position = 0
      epoch += 1
      rows = []
    }
    guard epoch < epochs else { return nil }
    if rows.isEmpty { rows = order.rows(epoch: epoch) }
    let batch = rows[position..<bounds.end(from: position)]
    position += batch.count
    defer { seen &+= UInt64(batch.count) }
    return (batch, seen)
  }
}

/// Makes one batch after the other. Used by one thread.
private final class BatchMaker: @unchecked Sendable {
  private let table: ExampleTable
  private let augmentation: Augmentation?
  private var plan: BatchPlan

  init(_ table: ExampleTable, _ augmentation: Augmentation?, _ plan: BatchPlan) {
    self.table = table
    self.augmentation = augmentation
    self.plan = plan
  }

  /// False when the plan is at its end.
  func fill(_ buffers: BatchBuffers) throws -> Bool {
    guard let batch = plan.next() else { return false }
    buffers.gather(batch.rows, of: table)
    try table.checkFiles()
    augmentation?.apply(to: buffers, count: batch.rows.count, seen: batch.seen)
    return true
  }
}

/// Brings the batches of a training to the program that learns from them: while a step runs, the next batches are made on another thread.
final class BatchLoader {
  /// Below this size a batch is made faster than a thread is woken.
  private static let leastBytes = 1 << 16
  private static let places = 3

  private let maker: BatchMaker
  private let producer: ProducerThread?
  private let buffers: [BatchBuffers]

  /// - Parameter isAhead: whether another thread may be used; it is where that is worth it.
  init(_ table: ExampleTable, _ plan: BatchPlan, for instance: ModelInstance, isAhead: Bool, leastBytes: Int = leastBytes) throws {
    let maker = BatchMaker(table, try Augmentation(instance.model, precision: instance.precision), plan)
    let own = instance.memory.examples
    let isAhead = isAhead && own.byteCount >= leastBytes
    let buffers = isAhead ? try [own] + (1..<Self.places).map { _ in try own.another() } : [own]
    producer = isAhead ? try ProducerThread(places: buffers.count) { place in try maker.fill(buffers[place]) } : nil
    self.maker = maker
    self.buffers = buffers
  }

  /// Makes the next batch the examples of the instance, until the next call. False at the end of the plan.
  func load(into instance: ModelInstance) throws -> Bool {
    guard let producer else { return try maker.fill(instance.memory.examples) }
    guard let place = try producer.take() else { return false }
    instance.use(buffers[place])
    return true
  }
}
