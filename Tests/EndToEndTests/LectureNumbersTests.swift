import Foundation
import NNEmission
import NNSchedule
import Testing

/// The numbers that can be worked out on paper, from the example files to what compiled code answers.
@Suite struct LectureNumbersTests {
  struct Example: Sendable, CustomTestStringConvertible {
    var name: String
    /// By the name of a report: a value or a gradient.
    var numbers: [String: [Double]]

    var testDescription: String { name }
  }

  /// What the neuron answers at s = 1, and its slope there.
  private static let one = 1 / (1 + 0.36787944117144233)
  private static let slope = one * (1 - one)

  static let examples =
    [
      Example(name: "gates", numbers: ["loss": [-12], "value.q": [3], "grad.x": [-4], "grad.y": [-4], "grad.z": [3]]),
      Example(
        name: "neuron",
        numbers: [
          "loss": [one], "value.s": [1], "grad.w0": [-slope], "grad.w1": [-2 * slope], "grad.w2": [slope], "grad.x0": [2 * slope],
          "grad.x1": [-3 * slope],
        ]),
      Example(
        name: "norm",
        numbers: ["loss": [0.116], "value.q": [0.22, 0.26], "grad.W": [0.088, 0.176, 0.104, 0.208], "grad.x": [-0.112, 0.636]]),
      Example(
        name: "linear",
        numbers: [
          "loss": [15.8 / 3 + 0.3], "value.cat_hinge": [2.9], "value.car_hinge": [0], "value.frog_hinge": [12.9],
          "value.average": [15.8 / 3],
        ]),
    ] + gates + losses + layers + properties

  private static let gates = [
    Example(
      name: "patterns",
      numbers: [
        "value.product": [-12], "grad.x": [-3], "grad.y": [4], "value.add": [7], "grad.a": [2], "grad.b": [2], "value.mul": [6],
        "grad.c": [15],
        "grad.d": [10], "grad.e": [6], "value.router": [5], "grad.f": [0], "grad.g": [9],
      ]),
    Example(name: "relu", numbers: ["grad.x": [4, 0, 5, 0]]),
  ]

  private static let exponentials = [3.2, 5.1, -1.7].map { exp($0) }
  private static let probabilities = exponentials.map { $0 / exponentials.reduce(0, +) }

  private static let losses = [
    Example(name: "classifier", numbers: ["value.products": [-97.9, 434.7, 61.95], "value.scores": [-96.8, 437.9, 60.75]]),
    Example(
      name: "softmax",
      numbers: [
        "value.probability": probabilities, "loss": [-log(probabilities[0])],
        "grad.scores": [probabilities[0] - 1, probabilities[1], probabilities[2]],
      ]),
    Example(
      name: "preference",
      numbers: [
        "value.scores": [1, 1], "value.l1_norm": [1, 1], "value.l2_norm": [1, 0.25], "value.penalized": [2.5, 7, 5], "value.best": [3],
        "value.best_penalized": [1],
      ]),
  ]

  private static let layers = [
    Example(
      name: "matrix",
      numbers: [
        "grad.X": [0, 16, -9, -24, 9, -30], "value.dX": [0, 16, -9, -24, 9, -30],
        "grad.W": [28, 3, -18, 0, -30, 7, 13, 33, -22, -7, 17, -15], "value.dW": [28, 3, -18, 0, -30, 7, 13, 33, -22, -7, 17, -15],
      ]),
    Example(name: "linear_layers", numbers: ["value.deep": [-2.5, -12.75], "value.flat": [-2.5, -12.75]]),
  ]

  private static let properties = [
    Example(name: "neurons", numbers: ["loss": [0]]),
    Example(name: "folding", numbers: ["value.pieces": [2, 8, 64, 512]]),
  ]

  @Test(arguments: examples, Toolchain.allCases)
  func areExact(example: Example, toolchain: Toolchain) throws {
    let found = try reports(of: example.name, toolchain)
    for (name, expected) in example.numbers {
      let numbers = try #require(found[name], "\(name) is not among \(found.keys)")
      #expect(Expectation.difference(numbers, expected, .of(.f64)) == nil, "\(name)")
    }
  }

  /// Every value and gradient of an example, by name.
  private func reports(of name: String, _ toolchain: Toolchain) throws -> [String: [Double]] {
    let printed = try ModelSource(example: name).printed(entries: [.inspect], precision: .f64)
    let code = try toolchain == .tcc ? LoadedCode.tcc(printed) : LoadedCode.cc([printed])[0]
    let arguments = CallNumbers(initial: printed.compiled.model, n: 1)
    let outcome = try code.call(.inspect, of: printed.compiled, arguments).after
    var numbers: [String: [Double]] = [:]
    for (index, report) in printed.compiled.entries[0].program.reports.enumerated() {
      numbers[report.name] = Precision.f64.numbers(outcome.bytes[.report(index)] ?? [])
    }
    return numbers
  }

  /// The backward pass written out in the model is the one that is derived.
  @Test func backwardPassesByHandAreRight() throws {
    let found = try reports(of: "backprop", .tcc)
    for name in ["W1", "W2", "X"] {
      let derived = try #require(found["grad.\(name)"])
      #expect(Expectation.difference(derived, try #require(found["value.grad_\(name)"]), .of(.f64)) == nil, "\(name)")
    }
  }

  /// Four times the units, a quarter of the error.
  @Test func approximationsGetBetter() throws {
    let worst = try #require(try reports(of: "approximation", .tcc)["value.worst"])
    #expect(worst[0] < 0.1 && worst[1] < worst[0] / 3 && worst[2] < worst[1] / 3)
  }

  @Test func lecturesPrintTheseDigits() {
    #expect(Self.probabilities.map { ($0 * 100).rounded() / 100 } == [0.13, 0.87, 0])
    #expect((-log(Self.probabilities[0]) * 100).rounded() == 204)
    #expect((-log10(Self.probabilities[0]) * 100).rounded() == 89)
  }

  @Test func neuronPrintsAsInTheLectures() {
    #expect(abs(Self.one - 0.7311) < 5e-5)
    #expect(abs(Self.slope - 0.1966) < 5e-5)
  }
}
