package import NNData
import NNSchedule

/// Derivatives of a loss along directions in the space of its parameters, which are read from files.
package struct DirectionalDerivatives: Sendable {
  /// The sum over all parameters of gradient times direction.
  package let jvp: Double?
  /// The Hessian times a direction, a tensor for each parameter.
  package let hvp: [Tensor]?

  /// - Parameters:
  ///   - instance: has the entries that are asked for, and the examples in its buffers.
  ///   - jvp: the path of a file with a tensor for each parameter, or nil.
  ///   - hvp: likewise.
  init(_ instance: ModelInstance, count: Int, stream: UInt64, jvp: String?, hvp: String?) throws {
    self.jvp = try jvp.map { path in
      try Self.derive(.jvp, along: path, instance, count, stream)
      return instance.memory.product.numbers(0..<1)[0]
    }
    self.hvp = try hvp.map { path in
      try Self.derive(.hvp, along: path, instance, count, stream)
      return instance.productSlots.map(\.tensor)
    }
  }

  private static func derive(_ kind: EntryKind, along path: String, _ instance: ModelInstance, _ count: Int, _ stream: UInt64) throws {
    let file = try Safetensors(contentsOf: path)
    try SlotFilling(path: path, purpose: "directions").fill(instance.directionSlots, from: file.tensors)
    _ = instance.derivative(kind, count: count, stream: stream)
  }
}
