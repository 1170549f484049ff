import Glibc
import NNData
import NNGraph
import Testing

@testable import NNTraining

@Suite struct ExaminationTests {
  @Test func theWorstExamplesHaveTheLargestLosses() throws {
    try withTemporaryFolder { folder in
      let setup = try ModelSetup(
        test: """
          input  x: [2]
          target kind: class(3)
          scores = dense(x, 3)
          loss   cross_entropy(scores, kind)
          output probability = softmax(scores)
          train { data random(50); split validation: 0.4; batch 8; epochs 3; optimizer sgd(rate: 0.1); seed 2 }
          """)
      let run = RunFolder(folder)
      let result = try Trainer(setup, folder: run).run()
      let model = TrainedModel(setup, weights: run.weights)
      let all = try model.examine(most: 100)
      #expect(all.examples == 20 && all.origin == "to validate by")
      #expect(all.worst.map(\.loss) == all.worst.map(\.loss).sorted(by: >))
      let mean = all.worst.reduce(0) { $0 + $1.loss } / 20
      #expect(abs(mean - (result.last?.evaluation?.loss ?? 0)) < 1e-6)
      #expect(try model.examine(most: 5).worst.map(\.row) == all.worst.prefix(5).map(\.row))
      let data = try TrainingData(setup)
      for example in all.worst {
        let probabilities = try #require(example.outputs.first).storage.doubles
        let classes = try #require(example.classes)
        #expect(abs(example.loss + log(probabilities[classes.wanted])) < 1e-4)
        #expect(probabilities[classes.answered] == probabilities.max())
        #expect(example.targets.map(\.storage.doubles) == [[Double(classes.wanted)]])
        #expect(data.order.validation.contains(example.row))
      }
      #expect(all.confusion?.classes.map { all.confusion?.examples($0) ?? 0 }.reduce(0, +) == 20)
    }
  }

  @Test func aModelWithoutClassesIsExaminedToo() throws {
    try withTemporaryFolder { folder in
      let setup = try ModelSetup(
        test: """
          input  x: [2]
          target t: [1]
          loss   squared_error(dense(x, 1), t)
          train { data random(10); batch 4; epochs 1; optimizer sgd(rate: 0.1) }
          """)
      let run = RunFolder(folder)
      _ = try Trainer(setup, folder: run).run()
      let found = try TrainedModel(setup, weights: run.weights).examine(most: 3)
      #expect(found.confusion == nil)
      #expect(found.worst.count == 3 && found.worst.allSatisfy { $0.classes == nil && $0.inputs.count == 1 && $0.outputs.isEmpty })
    }
  }
}
