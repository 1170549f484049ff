import NNData
import NNSchedule
import NNSource

/// Fills slots from a file that has to hold exactly them, by name.
struct SlotFilling {
  let path: String
  /// What the file is called in messages: `weights`, `a checkpoint`.
  let purpose: String
  /// The only type of elements that is taken, where another precision would not be the same state.
  var exactType: String?
  var refusesNonFinite = true

  /// Fills the slots, or changes nothing where the tensors do not fit.
  func fill(_ slots: [TensorSlot], from tensors: [Tensor]) throws(DataError) {
    let found = try check(slots, against: tensors)
    for slot in slots {
      guard let tensor = found[slot.name] else { continue }
      do { try slot.fill(with: tensor) } catch { throw error.inFile(path) }
    }
  }

  /// The tensors by name, each known to fit its slot.
  @discardableResult
  func check(_ slots: [TensorSlot], against tensors: [Tensor]) throws(DataError) -> [String: Tensor] {
    let found = Dictionary(tensors.map { ($0.name, $0) }) { first, _ in first }
    try checkNames(slots, found)
    for slot in slots {
      guard let tensor = found[slot.name] else { continue }
      do {
        try check(tensor, for: slot)
      } catch {
        throw ContentError(error.message, place: "tensor '\(slot.name)'", help: error.help).inFile(path)
      }
    }
    return found
  }

  private func checkNames(_ slots: [TensorSlot], _ found: [String: Tensor]) throws(DataError) {
    let wanted = Set(slots.map(\.name))
    let missing = slots.map(\.name).filter { found[$0] == nil }
    let extra = found.keys.filter { !wanted.contains($0) }.sorted()
    guard !missing.isEmpty || !extra.isEmpty else { return }
    var parts: [String] = []
    if !missing.isEmpty { parts.append("it lacks \(Self.listed(missing))") }
    if !extra.isEmpty { parts.append("it holds \(Self.listed(extra)), which the model does not have") }
    let renamed = extra.lazy.compactMap { name in nearestName(to: name, among: missing).map { (name, $0) } }.first
    // What `normalize` adds to a model is saved with its weights.
    let isNormalized = missing.isEmpty && extra.allSatisfy { $0.hasSuffix(".scale") || $0.hasSuffix(".shift") }
    let help =
      renamed.map { "is '\($0.0)' meant to be '\($0.1)'?" }
      ?? (isNormalized
        ? "they were trained with --normalize: 'normalize mean_std', or zero_one, belongs into the train block then"
        : "the file has to hold \(purpose) of this very model")
    throw ContentError(parts.joined(separator: "; "), help: help).inFile(path)
  }

  /// A few names in full, of many how many more there are.
  private static func listed(_ names: [String]) -> String {
    let shown = names.prefix(5).map { "'\($0)'" }.joined(separator: ", ")
    return names.count > 5 ? "\(shown) and \(names.count - 5) more" : shown
  }

  private func check(_ tensor: Tensor, for slot: TensorSlot) throws(ContentError) {
    guard tensor.shape == slot.shape else { throw ContentError("its shape is \(tensor.shape), but the model has \(slot.shape) there") }
    let type = tensor.storage.typeName
    if let exactType, type != exactType {
      throw ContentError("its elements are \(type), not \(exactType)", help: "go on with the '--dtype' the run was started with")
    }
    switch tensor.storage {
    case .float32, .float64: break
    default: throw ContentError("its elements are \(type); \(purpose) are real numbers")
    }
    if refusesNonFinite, let index = tensor.storage.firstNonFinite {
      let position = Self.position(index, in: tensor.shape)
      throw ContentError("element \(position) is \(tensor.storage.doubles[index]), not a number to compute with")
    }
    if slot.buffer.precision == .f32 { _ = try tensor.storage.floats() }
  }

  /// `[3, 5]` for an element's place in row-major order.
  static func position(_ index: Int, in shape: [Int]) -> [Int] {
    var rest = index
    var position = [Int](repeating: 0, count: shape.count)
    for axis in shape.indices.reversed() where shape[axis] > 0 {
      position[axis] = rest % shape[axis]
      rest /= shape[axis]
    }
    return position
  }
}
