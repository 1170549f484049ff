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
    var built = try sample.build(batch: fixture.batch)
    let loss = built.makeLoss()
    let targets = built.reals
    let gradients = built.graph.gradient(of: loss, seed: built.graph.fill(1), by: targets.map(\.value))
    let values = Dictionary(
      zip(built.ports.map(\.argument), (fixture.inputs + fixture.parameters).map(\.values)), uniquingKeysWith: { first, _ in first })
    let found = try Interpreter(built.graph.graph, mode: .use).run(values: values, batch: fixture.batch, roots: [loss] + gradients)
    #expect(distance(found[0], [expected.loss]) < 1e-9)
    for (port, gradient) in zip(targets, found.dropFirst()) {
      #expect(distance(gradient, expected.gradients[port.name] ?? []) < 1e-9, "gradient of \(port.name)")
    }
  }

  /// The largest difference, relative to the larger of 1 and what was expected.
  private func distance(_ found: [Double], _ expected: [Double]) -> Double {
    guard found.count == expected.count else { return .infinity }
    return zip(found, expected).map { abs($0 - $1) / max(1, abs($1)) }.max() ?? 0
  }
}
