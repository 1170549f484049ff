import NNExecution
import NNGraph
import NNSchedule

/// The buffers of a model at work, as the C interface lays them out.
struct InstanceMemory {
  let parameters: RealBuffer
  let state: RealBuffer
  let optimizer: RealBuffer
  let gradients: RealBuffer
  let direction: RealBuffer
  let product: RealBuffer
  var examples: BatchBuffers
  let scalars: CallScalars
  let outputs: [RealBuffer]
  let inputGradients: [RealBuffer?]
  let targetGradients: [RealBuffer?]

  init(_ compiled: CompiledModel) throws {
    let kinds = Set(compiled.entries.map(\.kind))
    let precision = compiled.precision
    let layout = compiled.layout
    let model = compiled.model
    func reals(_ count: Int, for users: Set<EntryKind>) throws(ExecutionError) -> RealBuffer {
      try RealBuffer(count: kinds.isDisjoint(with: users) ? 0 : count, precision: precision)
    }
    func gradients(_ ports: [Port]) throws -> [RealBuffer?] {
      guard kinds.contains(.gradInputs) else { return ports.map { _ in nil } }
      return try ports.map { port in
        port.type.element == .real ? try RealBuffer(count: port.type.shape.count * compiled.batch, precision: precision) : nil
      }
    }
    parameters = try RealBuffer(count: layout.parameterCount, precision: precision)
    state = try RealBuffer(count: layout.stateCount, precision: precision)
    optimizer = try reals(layout.optimizerCount, for: [.step, .update])
    self.gradients = try reals(layout.parameterCount, for: [.grad, .gradInputs, .update])
    direction = try reals(layout.parameterCount, for: [.jvp, .hvp])
    product = try reals(max(layout.parameterCount, 1), for: [.jvp, .hvp])
    examples = try BatchBuffers(model, capacity: compiled.batch, precision: precision)
    scalars = try CallScalars(precision: precision)
    outputs = try model.outputs.map { output in
      try reals(model.graph.shape(output.value).count * compiled.batch, for: [.infer])
    }
    inputGradients = try gradients(model.inputs)
    targetGradients = try gradients(model.targets)
  }
}
