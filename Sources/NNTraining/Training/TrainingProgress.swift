/// How far a training has come: with the parameters and the optimizer's memory, all that is needed to go on.
struct TrainingProgress: Equatable {
  /// Whole epochs done.
  var epochs = 0
  /// Examples of the next epoch done.
  var position = 0
  /// Steps done, of all epochs.
  var steps: UInt64 = 0
  /// Examples learnt from, counted again in each epoch.
  var examples: UInt64 = 0
  /// Of the unfinished epoch: the sum of the losses of its examples.
  var lossSum = 0.0
  var seconds = 0.0
  let seed: UInt64

  init(seed: UInt64) { self.seed = seed }

  /// The number of the random stream of the next example: the seed in the high bits, the examples seen so far.
  var stream: UInt64 { seed << 32 &+ examples }

  /// A step has learnt from a batch.
  mutating func add(_ loss: Double, examples count: Int) {
    steps += 1
    examples += UInt64(count)
    position += count
    lossSum += loss * Double(count)
  }

  /// An epoch is over.
  mutating func beginEpoch() {
    epochs += 1
    position = 0
    lossSum = 0
  }
}

extension TrainingProgress {
  /// As the metadata of a checkpoint: every number exactly.
  var metadata: [String: String] {
    [
      "epochs": "\(epochs)", "position": "\(position)", "steps": "\(steps)", "examples": "\(examples)",
      "loss_sum": "\(lossSum.bitPattern)", "seconds": "\(seconds)", "seed": "\(seed)",
    ]
  }

  /// Reads back what `metadata` wrote; nil for anything else.
  init?(metadata: [String: String]) {
    guard let seed = metadata["seed"].flatMap(UInt64.init), let epochs = metadata["epochs"].flatMap(Int.init), epochs >= 0,
      let position = metadata["position"].flatMap(Int.init), position >= 0, let steps = metadata["steps"].flatMap(UInt64.init),
      let examples = metadata["examples"].flatMap(UInt64.init), let bits = metadata["loss_sum"].flatMap(UInt64.init),
      let seconds = metadata["seconds"].flatMap(Double.init)
    else { return nil }
    self.init(seed: seed)
    self.epochs = epochs
    self.position = position
    self.steps = steps
    self.examples = examples
    lossSum = Double(bitPattern: bits)
    self.seconds = seconds
  }
}
