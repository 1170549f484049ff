package import NNData
import NNGraph

extension ModelSetup {
  /// The parameters and saved statistics by name: as a weight file has them, or as training would start with them.
  package func weights(from file: String?) throws -> [Tensor] {
    let instance = try instance([], batch: 1)
    if let file { try WeightFile.read(file, into: instance) }
    return instance.weightSlots.map(\.tensor)
  }

  /// The same model, its parameters and saved statistics starting as a weight file has them: its `init` then brings a trained model.
  package func starting(from weights: String) throws -> ModelSetup {
    let numbers = Dictionary(try self.weights(from: weights).map { ($0.name, $0.storage.doubles) }) { first, _ in first }
    var setup = self
    setup.hasWeights = true
    for (index, parameter) in model.parameters.enumerated() {
      if let learnt = numbers[parameter.name] { setup.model.parameters[index].initial = .literal(learnt) }
    }
    for (index, state) in model.states.enumerated() where !state.type.isBatched {
      if let learnt = numbers[state.name] { setup.model.states[index].initial = .literal(learnt) }
    }
    return setup
  }
}
