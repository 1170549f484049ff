import NNEmission
import NNExecution
package import NNGraph
package import NNSchedule

/// A model at work within another program: what it computes of examples that are handed to it. For one thread at a time.
package final class HostedModel {
  /// The numbers of a port: reals, or class numbers.
  package enum Values: Sendable {
    case reals([Float])
    case classes([Int32])
  }

  private let instance: ModelInstance
  private let kinds: Set<EntryKind>
  private var progress: TrainingProgress

  /// - Parameter batch: the most examples that a call takes.
  package init(_ setup: ModelSetup, batch: Int) throws {
    kinds = Set(try setup.standardEntries(batch: batch))
    instance = try setup.instance(Array(kinds), batch: batch)
    progress = TrainingProgress(seed: setup.seed)
  }

  package var model: Model { instance.model }
  package var batch: Int { instance.batch }

  /// Whether the model can do this at all: it may have no loss, or no output.
  package func has(_ kind: EntryKind) -> Bool { kinds.contains(kind) }

  /// Starts anew.
  package func initialize(seed: UInt64) {
    instance.initialize(seed: seed)
    progress = TrainingProgress(seed: seed)
  }

  package func restartExamples() { instance.restartExamples() }

  /// Puts numbers where the program reads them. Ports count inputs, then targets.
  package func write(_ values: Values, port: Int) {
    let address = instance.memory.examples.address(ofPort: port)
    switch values {
    case .reals(let numbers):
      numbers.withUnsafeBytes { address.copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(address), byteCount: $0.count) }
    case .classes(let numbers):
      numbers.withUnsafeBytes { address.copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(address), byteCount: $0.count) }
    }
  }

  /// The outputs of the examples that were written.
  package func infer(count: Int) -> [[Float]] {
    instance.infer(count: count)
    return model.outputs.enumerated().map { index, output in
      instance.memory.outputs[index].singles(0..<(count * model.graph.shape(output.value).count))
    }
  }

  package func loss(count: Int) -> Float { Float(instance.loss(count: count)) }

  /// The loss as in training, and its gradient by each parameter.
  package func gradient(count: Int) -> (loss: Float, gradients: [[Float]]) {
    let loss = instance.gradient(count: count, stream: progress.stream)
    let gradients = zip(model.parameters, instance.compiled.layout.parameters).map { parameter, offset in
      instance.memory.gradients.singles(offset..<(offset + parameter.shape.count))
    }
    return (Float(loss), gradients)
  }

  /// Learns from the examples that were written.
  package func step(count: Int, rate: Double) -> Float {
    let loss = instance.step(count: count, rate: rate, step: progress.steps, stream: progress.stream)
    progress.add(loss, examples: count)
    return Float(loss)
  }

  // MARK: Weights

  package func parameter(_ index: Int) -> [Float] {
    let start = instance.compiled.layout.parameters[index]
    return instance.memory.parameters.singles(start..<(start + model.parameters[index].shape.count))
  }

  package func setParameter(_ index: Int, _ numbers: [Float]) {
    instance.memory.parameters.replace(from: instance.compiled.layout.parameters[index], with: numbers)
  }

  package func load(_ path: String) throws { try WeightFile.read(path, into: instance) }

  package func save(_ path: String) throws { try WeightFile.write(instance.weightSlots, to: path) }
}
