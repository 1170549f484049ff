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

  static let examples = [
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
        "loss": [15.8 / 3 + 0.3], "value.cat_hinge": [2.9], "value.car_hinge": [0], "value.frog_hinge": [12.9], "value.average": [15.8 / 3],
      ]),
  ]

  @Test(arguments: examples, Toolchain.allCases)
  func areExact(example: Example, toolchain: Toolchain) throws {
    let printed = try ModelSource(example: example.name).printed(entries: [.inspect], precision: .f64)
    let code = try toolchain == .tcc ? LoadedCode.tcc(printed) : LoadedCode.cc([printed])[0]
    let numbers = CallNumbers(initial: printed.compiled.model, n: 1)
    let outcome = try code.call(.inspect, of: printed.compiled, numbers).after
    let reports = printed.compiled.entries[0].program.reports.map(\.name)
    for (name, expected) in example.numbers {
      let index = try #require(reports.firstIndex(of: name), "\(name) is not among \(reports)")
      let found = Precision.f64.numbers(outcome.bytes[.report(index)] ?? [])
      #expect(Expectation.difference(found, expected, .of(.f64)) == nil, "\(name)")
    }
  }

  @Test func neuronPrintsAsInTheLectures() {
    #expect(abs(Self.one - 0.7311) < 5e-5)
    #expect(abs(Self.slope - 0.1966) < 5e-5)
  }
}
