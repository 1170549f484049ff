import NNData

/// The learnt part of a model in a safetensors file: parameters and saved statistics, by name.
package enum WeightFile {
  package static func read(_ path: String, into instance: ModelInstance) throws {
    let file = try Safetensors(contentsOf: path)
    try SlotFilling(path: path, purpose: "weights").fill(instance.weightSlots, from: file.tensors)
  }

  static func write(_ slots: [TensorSlot], to path: String) throws {
    try Safetensors(tensors: slots.map(\.tensor), metadata: ["format": "pt"]).write(to: path)
  }
}
