import Foundation
import NNGraph
import NNOperations
import NNSchedule
import NNTestSupport
import Testing

/// Ten steps with clipped gradients against PyTorch's `clip_grad_norm_`.
@Suite struct ClipTests {
  struct Run: Codable {
    struct Step: Codable {
      let gradients: [[Double]]
      let parameters: [[Double]]
    }

    let clip: Double
    let rate: Double
    let start: [[Double]]
    let steps: [Step]
  }

  private func model(clip: Double?) -> Model {
    var graph = GraphBuilder()
    let shapes = [Shape([3]), Shape([2, 2])]
    let values = shapes.enumerated().map { graph.source(Argument(.parameter, $0), ValueType($1, isBatched: false)) }
    let total = values.map { graph.reduce(.sum, $0, axes: Array(0..<graph.shape($0).rank)) }
    let loss = graph.add(total[0], total[1])
    var model = Model(name: "clipped", graph: graph)
    model.parameters = zip(shapes, values).enumerated().map { index, each in
      Parameter(name: "p\(index)", shape: each.0, initial: .constant(0), value: each.1, range: nil)
    }
    model.losses = [Loss(name: "loss", value: loss, trains: nil, range: nil)]
    model.recipe.clip = clip
    return model
  }

  @Test func stepsEqualPyTorch() throws {
    let data = try Data(contentsOf: URL(fileURLWithPath: repositoryPath("Tests/Fixtures/clip.json")))
    let run = try #require(JSONDecoder().decode([Run].self, from: data).first)
    let rule = try Optimizers.make(OptimizerChoice(name: "sgd", arguments: ["rate": run.rate, "momentum": 0.9]))
    let program = EntryBuilder(model(clip: run.clip), optimizer: rule, batch: 1).program(.update)
    var values: [Argument: [Double]] = [Argument(.rate): [run.rate], Argument(.step): [0]]
    for (index, start) in run.start.enumerated() {
      values[Argument(.parameter, index)] = start
      values[Argument(.slot, index, slot: 0)] = start.map { _ in 0 }
    }
    for (number, step) in run.steps.enumerated() {
      for (index, gradient) in step.gradients.enumerated() { values[Argument(.gradient, index)] = gradient }
      let results = try Interpreter(program.graph).run(values: values, batch: 1, roots: program.stores.map(\.value))
      for (store, result) in zip(program.stores, results) {
        switch store.destination {
        case .parameter(let index):
          #expect(zip(result, step.parameters[index]).allSatisfy { abs($0 - $1) < 1e-12 }, "step \(number)")
          values[Argument(.parameter, index)] = result
        case .slot(let index, let slot): values[Argument(.slot, index, slot: slot)] = result
        default: Issue.record("an update does not write \(store.destination)")
        }
      }
    }
  }

  /// A clipped update needs all gradients before the first parameter changes; without a bound nothing is added.
  @Test func onlyABoundCostsAnything() throws {
    let rule = try Optimizers.make(OptimizerChoice(name: "sgd", arguments: ["rate": 0.1]))
    let plain = EntryBuilder(model(clip: nil), optimizer: rule, batch: 1).program(.update)
    let clipped = EntryBuilder(model(clip: 2), optimizer: rule, batch: 1).program(.update)
    let reductions = { (program: EntryProgram) in program.graph.nodes.count { $0.operation is Reduce } }
    #expect(reductions(plain) == 0)
    #expect(reductions(clipped) == 2)
  }
}
