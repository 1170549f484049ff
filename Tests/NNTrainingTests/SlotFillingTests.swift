import NNData
import NNSchedule
import Testing

@testable import NNTraining

@Suite struct SlotFillingTests {
  private func slots(_ precision: Precision = .f32) throws -> [TensorSlot] {
    let buffer = try RealBuffer(count: 8, precision: precision)
    return [
      TensorSlot(name: "dense1.weight", shape: [2, 3], buffer: buffer, offset: 0),
      TensorSlot(name: "dense1.bias", shape: [2], buffer: buffer, offset: 6),
    ]
  }

  private static let weight = Tensor(name: "dense1.weight", shape: [2, 3], storage: .float32([1, 2, 3, 4, 5, 6]))
  private static let bias = Tensor(name: "dense1.bias", shape: [2], storage: .float64([7, 8]))

  @Test(arguments: [Precision.f32, .f64])
  func fillsByNameInAnyOrder(precision: Precision) throws {
    let slots = try slots(precision)
    try SlotFilling(path: "w", purpose: "weights").fill(slots, from: [Self.bias, Self.weight])
    #expect(slots[0].buffer.numbers == [1, 2, 3, 4, 5, 6, 7, 8])
    #expect(slots[1].tensor.storage.doubles == [7, 8])
    #expect(slots[0].tensor.shape == [2, 3])
  }

  @Test(arguments: [
    ([weight], "it lacks 'dense1.bias'"),
    (
      [weight, Tensor(name: "dense1.bais", shape: [2], storage: .float32([1, 2]))],
      "it lacks 'dense1.bias'; it holds 'dense1.bais', which the model does not have"
    ),
    ([weight, bias, Tensor(name: "w", shape: [], storage: .float32([1]))], "it holds 'w', which the model does not have"),
    (
      [weight, Tensor(name: "dense1.bias", shape: [1, 2], storage: .float32([1, 2]))],
      "tensor 'dense1.bias': its shape is [1, 2], but the model has [2] there"
    ),
    (
      [weight, Tensor(name: "dense1.bias", shape: [2], storage: .int32([1, 2]))],
      "tensor 'dense1.bias': its elements are int32; weights are real numbers"
    ),
    (
      [Tensor(name: "dense1.weight", shape: [2, 3], storage: .float32([1, 2, 3, 4, .nan, 6])), bias],
      "tensor 'dense1.weight': element [1, 1] is nan, not a number to compute with"
    ),
    (
      [weight, Tensor(name: "dense1.bias", shape: [2], storage: .float64([1, 1e300]))],
      "tensor 'dense1.bias': 1e+300 is out of the range of float32"
    ),
  ])
  func refusesWhatDoesNotFit(tensors: [Tensor], message: String) throws {
    let slots = try slots()
    let error = #expect(throws: DataError.self) { try SlotFilling(path: "w", purpose: "weights").fill(slots, from: tensors) }
    #expect(error?.message == message)
    #expect(error?.path == "w")
    #expect(slots[0].buffer.numbers == [0, 0, 0, 0, 0, 0, 0, 0], "nothing is changed by a file that is refused")
  }

  @Test func proposesTheNearestName() throws {
    let misspelt = Tensor(name: "dense1.bais", shape: [2], storage: .float32([1, 2]))
    let slots = try slots()
    let error = #expect(throws: DataError.self) {
      try SlotFilling(path: "w", purpose: "weights").fill(slots, from: [Self.weight, misspelt])
    }
    #expect(error?.help == "is 'dense1.bais' meant to be 'dense1.bias'?")
  }

  @Test func aStateOfAnotherPrecisionIsAnotherState() throws {
    var filling = SlotFilling(path: "c", purpose: "a checkpoint")
    filling.exactType = "float32"
    let slots = try slots()
    let error = #expect(throws: DataError.self) { try filling.fill(slots, from: [Self.weight, Self.bias]) }
    #expect(error?.message == "tensor 'dense1.bias': its elements are float64, not float32")
  }
}
