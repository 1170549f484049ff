import NNData
import NNGraph

extension ModelSetup {
  /// The same model, its parameters and saved statistics starting as a weight file has them: its `init` then brings a trained model.
  package func starting(from weights: String) throws -> ModelSetup {
    let instance = try ModelInstance(self, entries: [], batch: 1)
    try WeightFile.read(weights, into: instance)
    let numbers = Dictionary(instance.weightSlots.map { ($0.name, $0.tensor.storage.doubles) }) { first, _ in first }
    var setup = self
    for (index, parameter) in model.parameters.enumerated() {
      if let learnt = numbers[parameter.name] { setup.model.parameters[index].initial = .literal(learnt) }
    }
    for (index, state) in model.states.enumerated() where !state.type.isBatched {
      if let learnt = numbers[state.name] { setup.model.states[index].initial = .literal(learnt) }
    }
    return setup
  }
}
