import NNData
import NNGraph
import NNSchedule
import Testing

@testable import NNTraining

@Suite struct EvaluationSumTests {
  private func model(metrics: [(String, Metric.Finish)]) -> Model {
    var model = Model(name: "m", graph: GraphBuilder())
    model.metrics = metrics.map { Metric(name: $0.0, value: Value(0), finish: $0.1, range: nil) }
    return model
  }

  private func reports(_ names: [String]) -> [EntryProgram.Report] {
    names.map { EntryProgram.Report(name: $0, type: .scalar) }
  }

  @Test func batchesCountByTheirExamplesAndRootsComeLast() {
    let names = ["loss", "metric.accuracy", "metric.error"]
    var sum = EvaluationSum(reports(names), of: model(metrics: [("accuracy", .none), ("error", .squareRoot)]))
    sum.add([1, 0.5, 4], count: 3)
    sum.add([5, 1, 48], count: 1)
    let evaluation = sum.evaluation
    #expect(evaluation["loss"] == 2)
    #expect(evaluation["accuracy"] == 0.625)
    #expect(evaluation["error"]?.isEqual(to: 15.0.squareRoot()) == true)
    #expect(evaluation.json.text.hasPrefix("{\"loss\": 2, \"accuracy\": 0.625, "))
  }

  @Test func lossesGoByNameAndClashesKeepTheirKind() {
    let names = ["loss", "loss.hinge", "loss.penalty", "metric.hinge"]
    var sum = EvaluationSum(reports(names), of: model(metrics: [("hinge", .none)]))
    sum.add([3, 2, 1, 4], count: 1)
    #expect(sum.evaluation.quantities.map(\.name) == ["loss", "loss.hinge", "penalty", "metric.hinge"])
  }

  @Test func nothingIsAveragedToNothing() {
    let sum = EvaluationSum(reports(["loss"]), of: model(metrics: []))
    #expect(sum.evaluation.loss?.isNaN == true)
  }
}
