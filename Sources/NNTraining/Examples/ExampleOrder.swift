/// Which examples are learnt from, which are held back, and in which order.
struct ExampleOrder: Sendable {
  /// Rows of the table to learn from.
  let training: [Int]
  /// Rows that are held back to judge an epoch by, in the order of the table.
  let validation: [Int]
  /// Examples that remember each other stay in order.
  let isSequential: Bool
  private let seed: UInt64

  /// All of the table.
  init(count: Int, isSequential: Bool, seed: UInt64) {
    training = Array(0..<count)
    validation = []
    self.isSequential = isSequential
    self.seed = seed
  }

  /// Holds back a part of the table: a seeded choice, or the end of it where order matters.
  init(count: Int, validation part: Double, isSequential: Bool, seed: UInt64) throws(TrainingError) {
    guard part >= 0, part <= 1 else { throw TrainingError("a validation part is between 0 and 1, not \(part)") }
    let held = Int((Double(count) * part).rounded())
    guard held > 0, held < count else {
      throw TrainingError(
        "a validation part of \(part) leaves nothing to \(held > 0 ? "learn from" : "judge by"): there are \(count) examples",
        help: "choose another part, or name validation data with 'validation SOURCE'")
    }
    if isSequential {
      training = Array(0..<(count - held))
      validation = Array((count - held)..<count)
    } else {
      var rows = Array(0..<count)
      Self.shuffle(&rows, CounterGenerator(seed: seed, purpose: .split))
      validation = rows.prefix(held).sorted()
      training = rows.dropFirst(held).sorted()
    }
    self.isSequential = isSequential
    self.seed = seed
  }

  /// The rows to learn from in epoch number `epoch`, from 0: a function of the seed and the epoch alone.
  func rows(epoch: Int) -> [Int] {
    guard !isSequential else { return training }
    var rows = training
    Self.shuffle(&rows, CounterGenerator(seed: seed, purpose: .shuffle, index: UInt32(truncatingIfNeeded: epoch)))
    return rows
  }

  /// Fisher and Yates.
  private static func shuffle(_ rows: inout [Int], _ generator: consuming CounterGenerator) {
    for last in stride(from: rows.count - 1, to: 0, by: -1) { rows.swapAt(last, generator.below(last + 1)) }
  }
}
