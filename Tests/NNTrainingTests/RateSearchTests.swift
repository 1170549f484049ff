import NNData
import Testing

@testable import NNTraining

@Suite struct RateSearchTests {
  /// Descent on (w x - t)^2 with x = 1 or -1 converges for rates below 1 and runs away above it.
  @Test func findsARateThatConverges() throws {
    let text = """
      input x: []
      input t: []
      param w = 20
      loss  squared_error(w * x, t)
      train { data rows(x: [1, -1, 1, -1], t: [3, -1, 2, -4]); optimizer sgd(rate: 1); batch 1 }
      """
    let setup = try ModelSetup(test: text)
    let range = try RateSearch(setup).run()
    let rate = try #require(range.suggestion)
    #expect((0.001...0.5).contains(rate), "\(rate)")
    let last = try #require(range.points.last)
    #expect(last.rate > 0.5 && last.rate < 10, "\(last)")
    #expect(range.json["rate"]?.doubleValue == rate)
    let again = try RateSearch(setup).run()
    #expect(again.points.map(\.loss) == range.points.map(\.loss))
  }

  @Test func suggestsNothingWhereNothingIsLearnt() throws {
    let range = try RateSearch(ModelSetup(test: "param w = 1\nloss 0 * w")).run()
    #expect(range.suggestion == nil)
    #expect(range.json["rate"] == .null)
    let broken = try RateSearch(ModelSetup(test: "param w = -1\nloss log(w)")).run()
    #expect(broken.points.isEmpty)
    #expect(broken.suggestion == nil)
  }
}
