import NNGraph
import NNOperations
import NNTestSupport
import Testing

/// Every sample of the catalogue against PyTorch's numbers.
@Suite struct FixtureTests {
  @Test func everySampleHasItsFixture() throws {
    if isRecording {
      try Fixture.write(SampleCase.all.map { try $0.fixture() })
      Issue.record("recorded the samples; scripts/make-fixtures.py fills in the numbers")
      return
    }
    #expect(try Fixture.readAll().map(\.text) == SampleCase.all.map(\.description), "RECORD=1, then scripts/make-fixtures.py")
  }

  @Test(.enabled(if: !isRecording), arguments: SampleCase.all)
  func lossAndGradientsEqualPyTorch(_ sample: SampleCase) throws {
    guard let fixture = try Fixture.of(sample), let expected = fixture.expected else {
      Issue.record("no fixture: RECORD=1, then scripts/make-fixtures.py")
      return
    }
    try compare(sample, fixture, expected, .use)
    if let training = fixture.training { try compare(sample, fixture, training, .training) }
  }

  private func compare(_ sample: SampleCase, _ fixture: Fixture, _ expected: Fixture.Expectation, _ mode: Interpreter.Mode) throws {
    var built = try sample.build(batch: fixture.batch)
    built.graph.isTraining = mode == .training
    let loss = built.makeLoss()
    let targets = built.reals
    let gradients = built.graph.gradient(of: loss, seed: built.graph.fill(1), by: targets.map(\.value))
    let numbers = (fixture.inputs + fixture.parameters + fixture.states).map(\.values)
    let values = Dictionary(zip(built.ports.map(\.argument), numbers), uniquingKeysWith: { first, _ in first })
    let found = try Interpreter(built.graph.graph, mode: mode).run(
      values: values, batch: fixture.batch, roots: [loss] + gradients + built.advanced)
    #expect(distance(found[0], [expected.loss]) < 1e-9, "\(mode)")
    for (port, gradient) in zip(targets, found.dropFirst()) {
      #expect(distance(gradient, expected.gradients[port.name] ?? []) < 1e-9, "gradient of \(port.name), \(mode)")
    }
    for (state, number) in zip(built.states, found.suffix(built.states.count)) {
      // What is saved stays as it is when the model is used.
      guard let wanted = expected.states?[state.name] else {
        #expect(mode != .training, "\(state.name)")
        continue
      }
      #expect(distance(number, wanted) < 1e-9, "\(state.name)")
    }
  }

  /// The largest difference, relative to the larger of 1 and what was expected.
  private func distance(_ found: [Double], _ expected: [Double]) -> Double {
    guard found.count == expected.count else { return .infinity }
    return zip(found, expected).map { abs($0 - $1) / max(1, abs($1)) }.max() ?? 0
  }
}
