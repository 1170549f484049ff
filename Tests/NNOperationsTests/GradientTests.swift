import NNGraph
import NNOperations
import NNTestSupport
import Testing

/// Every sample of the catalogue: derivatives against differences and against each other.
@Suite struct GradientTests {
  @Test(arguments: SampleCase.differentiable)
  func derivativesAgreePerExample(_ sample: SampleCase) throws {
    try check(sample, batch: 2)
  }

  @Test(arguments: SampleCase.differentiable)
  func derivativesAgreeForSharedValues(_ sample: SampleCase) throws {
    try check(sample, batch: nil)
  }

  private func check(_ sample: SampleCase, batch: Int?) throws {
    let built = try sample.build(batch: batch)
    for mode in [Interpreter.Mode.training, .use] {
      var check = GradientCheck(built, batch: batch, mode: mode)
      let report = try check.run()
      #expect(report.worst < 1e-6, "\(sample), \(mode): \(report.place)")
      #expect(report.problems.isEmpty)
    }
  }
}
