package import NNGraph
package import NNOperations

/// Writes down what each entry point computes: the model in one mode, its derivatives, the optimizer's update.
package struct EntryBuilder {
  private let model: Model
  private let optimizer: any OptimizerRule
  private let batch: Int

  package init(_ model: Model, optimizer: any OptimizerRule, batch: Int) {
    self.model = model
    self.optimizer = optimizer
    self.batch = batch
  }

  /// Why the model cannot have this entry; nil where it can.
  package func obstacle(_ kind: EntryKind) -> String? {
    switch kind {
    case .initialize: nil
    case .infer: model.outputs.isEmpty ? "the model has no output" : nil
    case .predict, .predictBatch: model.outputs.isEmpty ? "the model has no output" : Baking.obstacle(model)
    case .predictStart: model.states.contains(where: \.type.isBatched) ? nil : "the model has no state"
    case .evaluate, .survey: nil
    case .loss, .grad, .step, .gradInputs, .inspect: model.losses.isEmpty ? "the model has no loss" : nil
    case .update: model.parameters.isEmpty && model.losses.isEmpty ? "the model has nothing to train" : nil
    case .jvp, .hvp:
      model.losses.isEmpty ? "the model has no loss" : model.parameters.isEmpty ? "the model has no parameters" : nil
    }
  }

  package func program(_ kind: EntryKind) -> EntryProgram {
    var draft = Draft(model, kind: kind, isTraining: kind.isTraining)
    switch kind {
    case .initialize: draft.storeInitialValues(batch: batch)
    case .infer, .predict, .predictBatch: draft.storeOutputs()
    case .predictStart: draft.storeStartingStates(batch: batch)
    case .loss: draft.computeLoss()
    case .grad: draft.storeGradients()
    case .step: draft.storeUpdates(optimizer, gradients: draft.trainedGradients())
    case .update: draft.storeUpdates(optimizer, gradients: draft.givenGradients())
    case .gradInputs: draft.storeInputGradients()
    case .jvp: draft.storeDerivativeAlongDirection()
    case .hvp: draft.storeHessianProduct()
    case .evaluate: draft.reportEvaluation()
    case .inspect: draft.reportEverything()
    case .survey: draft.reportSurvey()
    }
    return Arrange.run(Legalize.run(draft.program()))
  }
}

extension EntryKind {
  /// Those that take the weights as arguments.
  package static let withParameters: [EntryKind] = allCases.filter { !$0.isPrediction }

  /// Whether the weights are constants of the program.
  package var isPrediction: Bool { self == .predict || self == .predictBatch || self == .predictStart }

  /// Whether batch statistics and random draws are those of training.
  package var isTraining: Bool {
    switch self {
    case .grad, .step, .gradInputs, .jvp, .hvp, .inspect, .survey: true
    case .initialize, .infer, .loss, .update, .evaluate, .predict, .predictBatch, .predictStart: false
    }
  }
}
