import NNData
import NNSchedule

/// The weights of a model as they were at some moment.
final class KeptWeights {
  static let prefix = "best."

  private let instance: ModelInstance
  private let parameters: RealBuffer
  private let state: RealBuffer

  init(of instance: ModelInstance) throws {
    self.instance = instance
    parameters = try RealBuffer(count: instance.memory.parameters.count, precision: instance.precision)
    state = try RealBuffer(count: instance.memory.state.count, precision: instance.precision)
  }

  func keep() {
    parameters.copy(instance.memory.parameters)
    state.copy(instance.memory.state)
  }

  func restore() {
    instance.memory.parameters.copy(parameters)
    instance.memory.state.copy(state)
  }

  var weightSlots: [TensorSlot] { instance.weightSlots(parameters, state) }

  var checkpointSlots: [TensorSlot] { instance.weightSlots(parameters, state, prefix: Self.prefix) }
}
