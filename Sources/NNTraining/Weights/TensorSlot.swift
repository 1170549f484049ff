import NNData
import NNSchedule

/// A place in the memory of a program that a named tensor of a file goes to and comes from.
struct TensorSlot {
  let name: String
  let shape: [Int]
  let buffer: RealBuffer
  /// In elements.
  let offset: Int

  private var range: Range<Int> { offset..<(offset + (ElementCount.of(shape) ?? 0)) }

  var tensor: Tensor {
    switch buffer.precision {
    case .f32: Tensor(name: name, shape: shape, storage: .float32(buffer.singles(range)))
    case .f64: Tensor(name: name, shape: shape, storage: .float64(buffer.numbers(range)))
    }
  }

  /// Puts a tensor of the right shape and a real type here.
  func fill(with tensor: Tensor) throws(ContentError) {
    switch (tensor.storage, buffer.precision) {
    case (.float32(let numbers), _): buffer.replace(from: offset, with: numbers)
    case (let storage, .f32): buffer.replace(from: offset, with: try storage.floats())
    case (let storage, .f64): buffer.replace(from: offset, with: storage.doubles)
    }
  }
}
