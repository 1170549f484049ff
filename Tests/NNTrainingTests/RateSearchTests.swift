import NNData
import NNGraph
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

  /// What is tried is what training does: with the same examples, changed in the same way.
  @Test func learnsFromTheBatchesOfATraining() throws {
    let text = """
      input  x: [2, 6, 5]
      target k: class(4)
      loss   cross_entropy(x |> flatten |> dense(4), k)
      train { data random(50); augment flip, crop(2); batch 8; epochs 3; seed 9; optimizer sgd(rate: 0.1) }
      """
    let setup = try ModelSetup(test: text)
    let losses = try RateSearch(setup).run().points.map(\.loss)
    var plain = setup
    plain.model.recipe.augmentation = nil
    #expect(try RateSearch(plain).run().points.first?.loss != losses.first)
    var first = Double.nan
    _ = try Trainer(setup).run { event in if case .stepped(let report) = event, first.isNaN { first = report.loss } }
    #expect(losses.first == first)
  }
}
