package import NNData

/// What one pass over the data came to: a line of `metrics.jsonl`.
package struct EpochRecord: Equatable, Sendable {
  /// From 1.
  package var epoch: Int
  /// Steps done by its end, counted from the start of the training.
  package var steps: Int
  /// The mean loss of the examples while they were learnt from.
  package var loss: Double
  /// The rate of its last step.
  package var rate: Double
  /// On the data held back; on the training data where none is held back.
  package var evaluation: Evaluation?
  package var isValidation: Bool
  /// Of the whole training, up to here.
  package var seconds: Double

  package var json: JSON {
    var members = [
      JSON.Member("epoch", .integer(epoch)), JSON.Member("step", .integer(steps)), JSON.Member("loss", .number(loss)),
      JSON.Member("rate", .number(rate)),
    ]
    if let evaluation { members.append(JSON.Member(isValidation ? "validation" : "training", evaluation.json)) }
    members.append(JSON.Member("seconds", .number(seconds)))
    return .object(members)
  }

  /// Reads back what `json` wrote; nil for anything else.
  init?(_ json: JSON) {
    guard case .integer(let epoch)? = json["epoch"], case .integer(let steps)? = json["step"], let loss = json["loss"]?.doubleValue,
      let rate = json["rate"]?.doubleValue, let seconds = json["seconds"]?.doubleValue
    else { return nil }
    let validation = json["validation"]
    self.init(
      epoch: epoch, steps: steps, loss: loss, rate: rate, evaluation: (validation ?? json["training"]).flatMap(Evaluation.init),
      isValidation: validation != nil, seconds: seconds)
  }

  init(epoch: Int, steps: Int, loss: Double, rate: Double, evaluation: Evaluation?, isValidation: Bool, seconds: Double) {
    self.epoch = epoch
    self.steps = steps
    self.loss = loss
    self.rate = rate
    self.evaluation = evaluation
    self.isValidation = isValidation
    self.seconds = seconds
  }
}
