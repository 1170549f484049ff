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
  /// By parameter, where they were measured after the epoch.
  package var norms: [ParameterNorms] = []
  /// What was found to be wrong since the epoch before.
  package var diagnoses: [Diagnosis] = []

  package var json: JSON {
    var members = [
      JSON.Member("epoch", .integer(epoch)), JSON.Member("step", .integer(steps)), JSON.Member("loss", .number(loss)),
      JSON.Member("rate", .number(rate)),
    ]
    if let evaluation { members.append(JSON.Member(isValidation ? "validation" : "training", evaluation.json)) }
    members.append(JSON.Member("seconds", .number(seconds)))
    if !norms.isEmpty {
      members.append(JSON.Member("weight_norms", .object(norms.map { JSON.Member($0.name, .single($0.weight)) })))
      members.append(JSON.Member("gradient_norms", .object(norms.map { JSON.Member($0.name, .single($0.gradient)) })))
    }
    if !diagnoses.isEmpty { members.append(JSON.Member("diagnoses", .array(diagnoses.map(\.json)))) }
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
    norms = ParameterNorms.read(weights: json["weight_norms"], gradients: json["gradient_norms"])
    diagnoses = json["diagnoses"]?.arrayValue?.compactMap(Diagnosis.init) ?? []
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

/// How large a parameter is, and how strongly it is pulled at: Euclidean norms of its numbers, and of its gradient for a batch.
package struct ParameterNorms: Equatable, Sendable {
  package let name: String
  package let weight: Float
  package let gradient: Float

  static func read(weights: JSON?, gradients: JSON?) -> [ParameterNorms] {
    guard case .object(let weights)? = weights, case .object(let gradients)? = gradients else { return [] }
    return zip(weights, gradients).compactMap { weight, gradient in
      guard weight.key == gradient.key, let size = weight.value.doubleValue, let pull = gradient.value.doubleValue else { return nil }
      return ParameterNorms(name: weight.key, weight: Float(size), gradient: Float(pull))
    }
  }
}
