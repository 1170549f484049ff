import Foundation
import NNCC
import Testing

/// The library as another package uses it.
@Suite struct NetworkTests {
  private static let text = """
    model line
    let size = 2
    input  x: [size]
    target t: [1]
    y = x |> dense(1, name: "unit")
    loss   half_squared_error(y, t)
    output y
    train { optimizer sgd(rate: 0.1); batch 4; seed 3 }
    """

  private static let examples: [String: Network.Values] = ["x": .reals([1, 0, 0, 1, 1, 1]), "t": .reals([1, 2, 3])]

  @Test func tellsWhatItTakesAndGives() throws {
    let network = try Network(text: Self.text, settings: ["size": "3"])
    #expect(network.name == "line")
    #expect(network.inputs == network.inputs.filter { $0.name == "x" && $0.shape == [3] && $0.classes == nil })
    #expect(network.targets.map(\.name) == ["t"])
    #expect(network.outputs.map(\.name) == ["y"])
    #expect(network.parameters.map(\.name) == ["unit.weight", "unit.bias"])
    #expect(network.batch == 4)
    #expect(network.rate == 0.1)
    let other = Self.text.replacing("sgd(rate: 0.1)", with: "adadelta")
    #expect(try Network(text: other).rate == 1)
  }

  @Test func computesByHand() throws {
    let network = try Network(text: Self.text)
    try network.setParameter("unit.weight", to: [1, -1])
    try network.setParameter("unit.bias", to: [0.5])
    #expect(try network.forward(["x": .reals([1, 0, 0, 1])]) == ["y": [1.5, -0.5]])
    // Errors 0.5, -2.5 and -2.5: half their mean square, and its derivatives.
    #expect(abs(try network.loss(Self.examples) - 12.75 / 6) < 1e-6)
    let (loss, gradients) = try network.gradients(Self.examples)
    #expect(abs(loss - 12.75 / 6) < 1e-6)
    #expect(zip(gradients["unit.weight"] ?? [], [-2.0 / 3, -5.0 / 3]).allSatisfy { abs($0 - Float($1)) < 1e-6 })
    #expect(abs((gradients["unit.bias"] ?? [0])[0] + 1.5) < 1e-6)
    try network.step(Self.examples)
    #expect(abs(try network.parameter("unit.bias")[0] - 0.65) < 1e-6)
  }

  @Test func drawsFollowFromTheSeed() throws {
    let text = "input x: [64]\ntarget t: []\nparam w = 1\nloss squared_error(sum(w * dropout(x, 0.5)), t)\n"
    let examples: [String: Network.Values] = ["x": .reals((0..<64).map { Float($0) }), "t": .reals([0])]
    func loss(seed: UInt64) throws -> Float { try Network(text: text, seed: seed).gradients(examples).loss }
    #expect(try loss(seed: 1) == loss(seed: 1))
    #expect(try loss(seed: 1) != loss(seed: 2))
    let network = try Network(text: text, seed: 1)
    network.reset(seed: 2)
    #expect(try network.gradients(examples).loss == loss(seed: 2))
  }

  @Test func savesAndLoads() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "network-\(UUID().uuidString).safetensors").path()
    defer { try? FileManager.default.removeItem(atPath: path) }
    let network = try Network(text: Self.text)
    try network.step(Self.examples)
    try network.save(to: path)
    let other = try Network(text: Self.text, seed: 99)
    #expect(try other.parameter("unit.weight") != network.parameter("unit.weight"))
    try other.load(from: path)
    #expect(try other.parameter("unit.weight") == network.parameter("unit.weight"))
    let third = try Network(text: Self.text, settings: ["size": "5"])
    #expect(throws: NetworkError.self) { try third.load(from: path) }
    #expect(throws: NetworkError.self) { try network.load(from: path + ".absent") }
  }

  @Test func refusesWhatDoesNotFit() throws {
    let network = try Network(text: Self.text)
    for examples: [String: Network.Values] in [
      ["x": .reals([1, 2, 3]), "t": .reals([1])], ["x": .reals([1, 2])], ["x": .reals([1, 2]), "t": .reals([1, 2])],
      ["x": .classes([1, 2]), "t": .reals([1])], ["x": .reals([1, 2]), "t": .reals([1]), "z": .reals([1])],
      ["x": .reals(.init(repeating: 0, count: 10)), "t": .reals(.init(repeating: 0, count: 5))],
    ] {
      let error = #expect(throws: NetworkError.self) { try network.loss(examples) }
      #expect(error?.kind == .arguments)
    }
    let error = #expect(throws: NetworkError.self) { try Network(text: "input x: [2]\ny = x |> dese(3)\noutput y\n", file: "bad.nn") }
    #expect(error?.message.contains("bad.nn:2:") == true)
    #expect(error?.message.contains("did you mean 'dense'?") == true)
  }

  @Test func manyThreadsMayCall() async throws {
    let network = try Network(text: Self.text)
    let expected = try network.forward(["x": .reals([1, 2])])
    try await withThrowingTaskGroup { group in
      for index in 0..<16 {
        group.addTask {
          let own = try Network(text: Self.text, seed: UInt64(index))
          for _ in 0..<20 { try own.step(Self.examples) }
          return try network.forward(["x": .reals([1, 2])]) == expected
        }
      }
      for try await isEqual in group { #expect(isEqual) }
    }
  }
}
