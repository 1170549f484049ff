import NNGraph
import NNSchedule

extension ModelInstance {
  /// What weight files hold: parameters, and the saved statistics, which are one for the whole model.
  var weightSlots: [TensorSlot] { weightSlots(memory.parameters, memory.state) }

  /// The same of buffers laid out as those of the program.
  func weightSlots(_ parameters: RealBuffer, _ state: RealBuffer, prefix: String = "") -> [TensorSlot] {
    parameterSlots(in: parameters, prefix: prefix, start: 0) + stateSlots(in: state, prefix: prefix) { !$0.type.isBatched }
  }

  /// What a training changes.
  var checkpointSlots: [TensorSlot] {
    let slots = (0..<compiled.layout.slots).flatMap { slot in
      parameterSlots(in: memory.optimizer, prefix: "optimizer.\(slot).", start: slot * compiled.layout.parameterCount)
    }
    return parameterSlots(in: memory.parameters, prefix: "parameter.", start: 0)
      + stateSlots(in: memory.state, prefix: "state.") { _ in true } + slots
  }

  /// A direction in the space of the parameters: a tensor for each of them.
  var directionSlots: [TensorSlot] { parameterSlots(in: memory.direction, prefix: "", start: 0) }

  /// The Hessian times the direction.
  var productSlots: [TensorSlot] { parameterSlots(in: memory.product, prefix: "", start: 0) }

  private func parameterSlots(in buffer: RealBuffer, prefix: String, start: Int) -> [TensorSlot] {
    zip(model.parameters, compiled.layout.parameters).map { parameter, offset in
      TensorSlot(name: prefix + parameter.name, shape: parameter.shape.dimensions, buffer: buffer, offset: start + offset)
    }
  }

  private func stateSlots(in buffer: RealBuffer, prefix: String, where isIncluded: (StateSlot) -> Bool) -> [TensorSlot] {
    zip(model.states, compiled.layout.states).compactMap { state, offset in
      guard isIncluded(state) else { return nil }
      let shape = (state.type.isBatched ? [batch] : []) + state.type.shape.dimensions
      return TensorSlot(name: prefix + state.name, shape: shape, buffer: buffer, offset: offset)
    }
  }
}
