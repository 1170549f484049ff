import NNData
import NNGraph
import NNSchedule
import Testing

@testable import NNTraining

@Suite struct TrainedModelTests {
  private static let text = """
    input  x: [2]
    input  scale: []
    target t: []
    param  w = [0, 0]
    y = sum(w * x)
    loss   squared_error(y, t)
    metric root_mean_squared_error(y, t)
    output scale * y
    output pair = x + w
    train { batch 2 }
    """

  private func model(_ folder: String, _ text: String = text, weights: [Double] = [1, -1]) throws -> TrainedModel {
    let path = folder + "/w.safetensors"
    try Safetensors(tensors: [Tensor(name: "w", shape: [weights.count], storage: .float64(weights))]).write(to: path)
    return try TrainedModel(ModelSetup(test: text, precision: .f64), weights: path)
  }

  private func data(_ folder: String, targets: Bool = true) throws -> DataDescription {
    var tensors = [
      Tensor(name: "x", shape: [3, 2], storage: .float32([1, 2, 3, 4, 5, 7])),
      Tensor(name: "scale", shape: [3], storage: .float32([1, 2, 3])),
    ]
    if targets { tensors.append(Tensor(name: "t", shape: [3], storage: .float64([0, 1, 2]))) }
    try Safetensors(tensors: tensors).write(to: folder + "/d.safetensors")
    return .file(folder + "/d.safetensors")
  }

  @Test func averagesOverExamplesAndTakesRootsLast() throws {
    try withTemporaryFolder { folder in
      let evaluation = try model(folder).evaluate(data(folder)).evaluation
      // y = -1, -1, -2; errors 1, 4, 16.
      #expect(evaluation.loss == 7)
      let root = try #require(evaluation["root_mean_squared_error"])
      #expect(abs(root - 7.0.squareRoot()) < 1e-15)
    }
  }

  @Test func classesAreCounted() throws {
    let text = """
      input  x: [3]
      target t: class(3)
      param  w = [0, 0]
      loss   cross_entropy(x, t) + 0 * sum(w)
      output scores = x
      train { batch 2 }
      """
    try withTemporaryFolder { folder in
      let scores: [Float] = [1, 0, 0, 0, 1, 0, 0, 1, 0, 1, 0, 0, 0, 0, 1]
      try Safetensors(tensors: [
        Tensor(name: "x", shape: [5, 3], storage: .float32(scores)), Tensor(name: "t", shape: [5], storage: .int32([0, 0, 1, 1, 1])),
      ]).write(to: folder + "/d.safetensors")
      let figures = try #require(try model(folder, text).evaluate(.file(folder + "/d.safetensors")).classes)
      #expect(figures.confusion == [[1, 1, 0], [1, 1, 1], [0, 0, 0]])
      #expect(figures.classes.map(figures.recall) == [0.5, 1.0 / 3, nil])
      #expect(figures.classes.map(figures.precision) == [0.5, 0.5, 0])
      #expect(figures.mostlyTakenFor(1)?.kind == 0)
      #expect(figures.mostlyTakenFor(2) == nil)
    }
  }

  @Test func predictsWithoutTargets() throws {
    try withTemporaryFolder { folder in
      let prediction = try model(folder).predict(data(folder, targets: false))
      #expect(prediction.examples == 3)
      #expect(prediction.tensors.map(\.shape) == [[3], [3, 2]])
      #expect(prediction.tensors.first?.storage == .float64([-1, -2, -6]))
      #expect(prediction.tensors.last?.name == "pair")
      #expect(prediction.tensors.last?.storage == .float64([2, 1, 4, 3, 6, 6]))
      try prediction.write(to: folder + "/p.safetensors", as: .safetensors)
      let names = try Safetensors(contentsOf: folder + "/p.safetensors").tensors.map(\.name)
      #expect(names.sorted() == prediction.tensors.map(\.name).sorted())
      #expect(throws: DataError.self) { try model(folder).evaluate(data(folder, targets: false)) }
    }
  }

  @Test func predictionsAreTextToo() throws {
    try withTemporaryFolder { folder in
      let prediction = try model(folder).predict(data(folder, targets: false))
      #expect(prediction.text(.csv) == "scale,pair.0,pair.1\n-1,2,1\n-2,4,3\n-6,6,6\n")
      #expect(prediction.text(.jsonl).split(separator: "\n").last == "{\"scale\": -6, \"pair\": [6, 6]}")
      let names = ["a/p.csv", "p.jsonl", "p.safetensors", "p"]
      #expect(names.map { PredictionFormat(fileName: $0) } == [.csv, .jsonl, .safetensors, nil])
    }
  }

  @Test func weightsOfAnotherModelAreRefused() throws {
    try withTemporaryFolder { folder in
      let data = try data(folder)
      let model = try model(folder, weights: [1, 2, 3])
      let error = #expect(throws: DataError.self) { try model.predict(data) }
      #expect(error?.message == "tensor 'w': its shape is [3], but the model has [2] there")
    }
  }

  @Test func needsSomethingToAnswerWith() throws {
    try withTemporaryFolder { folder in
      let data = try data(folder)
      let silent = try model(folder, "input x: [2]\nparam w = [0, 0]\nloss sum(w * x)")
      #expect(throws: TrainingError.self) { try silent.predict(data) }
      let blind = try model(folder, "input x: [2]\nparam w = [0, 0]\noutput w * x")
      #expect(throws: TrainingError.self) { try blind.evaluate(data) }
    }
  }

  private static func totals(batch: Int) -> String {
    """
    input x: []
    param w = [0, 0]
    state total: [] = 0
    next  total = total + x
    output sum = total + x + 0 * sum(w)
    train { batch \(batch) }
    """
  }

  /// The sum of what came before is a state; it starts anew with the data and lives on from batch to batch.
  @Test func statesGoThroughTheDataInOrder() throws {
    try withTemporaryFolder { folder in
      let tensor = Tensor(name: "x", shape: [4], storage: .float32([1, 2, 3, 4]))
      try Safetensors(tensors: [tensor]).write(to: folder + "/d.safetensors")
      let model = try model(folder, Self.totals(batch: 1))
      for _ in 0..<2 {
        #expect(try model.predict(.file(folder + "/d.safetensors")).tensors.first?.storage == .float64([1, 3, 6, 10]))
      }
    }
  }

  /// No batch has examples of two files, so that each begins with what states start from.
  @Test(arguments: [(1, [1, 3, 6, 10, 30, 60]), (2, [1, 2, 4, 10, 20, 40]), (5, [1, 2, 3, 10, 20, 30])])
  func statesStartAnewWithEachFile(batch: Int, sums: [Double]) throws {
    try withTemporaryFolder { folder in
      try FileWriter.write("x\n1\n2\n3\n", to: folder + "/a.csv")
      try FileWriter.write("x\n10\n20\n30\n", to: folder + "/b.csv")
      let files = ["a.csv", "b.csv"].map { DataDescription.Argument.string("\(folder)/\($0)") }
      let data = DataDescription(kind: .csv, positional: [.list(files)], named: [], range: nil)
      #expect(try model(folder, Self.totals(batch: batch)).predict(data).tensors.first?.storage == .float64(sums))
    }
  }
}
