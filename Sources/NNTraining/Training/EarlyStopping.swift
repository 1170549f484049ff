import NNGraph

/// Ends a training that gets no better, and keeps the weights of its best epoch: the one of the least validation loss.
struct EarlyStopping {
  let kept: KeptWeights
  private(set) var best: EpochRecord?
  private let patience: Int
  /// The epochs that an earlier run trained without looking for the best one by the present data.
  private var passed = 0

  /// Nil for a recipe without `patience`.
  init?(_ recipe: Recipe, _ instance: ModelInstance, judgedByValidation: Bool) throws {
    guard let patience = recipe.patience else { return nil }
    guard judgedByValidation else {
      throw TrainingError(
        "'patience' needs examples to judge an epoch by", range: recipe.ranges["patience"],
        help: "hold some back with 'split validation: 0.2', or name others with 'validation SOURCE'")
    }
    self.patience = patience
    kept = try KeptWeights(of: instance)
  }

  /// Keeps the weights if they are the best yet.
  mutating func judge(_ record: EpochRecord) {
    guard let loss = record.evaluation?.loss, loss < best?.evaluation?.loss ?? .infinity else { return }
    best = record
    kept.keep()
  }

  /// Goes on with the best epoch that an earlier run kept.
  mutating func resume(_ best: EpochRecord?) { self.best = best }

  /// Goes on with a run that kept none.
  ///
  /// - Parameter last: its last epoch, whose weights are there and the best so far; nil if they are not, or the present data have not judged it.
  mutating func resume(after epochs: Int, last: EpochRecord?) {
    passed = epochs
    if let last { judge(last) }
  }

  func isOver(after epochs: Int) -> Bool { epochs - (best?.epoch ?? passed) >= patience }
}
