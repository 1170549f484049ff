package import NNData

/// What a training came to.
package struct TrainingResult: Sendable {
  /// Whole epochs, those of earlier runs included.
  package var epochs: Int
  package var last: EpochRecord?
  /// The epoch whose weights are kept, where that is the best and not the last.
  package var best: EpochRecord?
  package var test: Evaluation?
  package var seconds: Double
  /// Whether it was stopped from outside; then all that is needed to go on has been saved, if there is a folder.
  package var isInterrupted: Bool

  /// The epoch that the saved weights are of.
  package var judged: EpochRecord? { best ?? last }

  /// `{"epochs": 20, "loss": .., "validation": {..}, "test": {..}, "seconds": ..}`.
  package var json: JSON {
    var members = [JSON.Member("epochs", .integer(epochs))]
    if let best { members.append(JSON.Member("best_epoch", .integer(best.epoch))) }
    if let last = judged {
      members.append(JSON.Member("loss", .number(last.loss)))
      if let evaluation = last.evaluation { members.append(JSON.Member(last.isValidation ? "validation" : "training", evaluation.json)) }
    }
    if let test { members.append(JSON.Member("test", test.json)) }
    members.append(JSON.Member("seconds", .number(seconds)))
    return .object(members)
  }
}
