import NNData
import NNGraph
import NNSchedule
import NNSource
import Testing

@testable import NNTraining

/// A model that is ill, and what is to be said of it.
private struct Case: CustomTestStringConvertible, Sendable {
  let kind: Diagnosis.Kind
  let subject: String?
  /// A sound net learns the sum of four numbers; each line that is given takes the place of its own.
  var x = "x: [4]"
  var hidden = "dense(x, 16) |> tanh"
  var loss = "squared_error(dense(h, 1), reshape(sum(x), [1]))"
  var recipe = "optimizer sgd(rate: 0.05)"
  var data = "random(64)"
  var epochs = 8

  var testDescription: String { kind.rawValue }

  var text: String {
    """
    input \(x)
    target t: [1]
    h = \(hidden)
    loss \(loss)
    train { data \(data); \(recipe); batch 16; epochs \(epochs); seed 3 }
    """
  }
}

private let deep = "dense(x, 16)" + String(repeating: " |> sigmoid |> dense(16)", count: 12)

@Suite struct DiagnosisTests {
  private func diagnoses(_ text: String) throws -> [Diagnosis] {
    var found: [Diagnosis] = []
    var recorded: [Diagnosis] = []
    _ = try Trainer(ModelSetup(test: text)).run(observer: { event in
      if case .diagnosed(let diagnosis) = event { found.append(diagnosis) }
      if case .finishedEpoch(let record) = event { recorded += record.diagnoses }
    })
    #expect(found == recorded)
    return found
  }

  @Test func aSoundModelHasNoDiagnosis() throws {
    #expect(try diagnoses(Case(kind: .deadUnits, subject: nil).text) == [])
    #expect(try diagnoses(TestModel.xor) == [])
    #expect(try diagnoses(TestModel.noisy) == [])
  }

  @Test(arguments: [
    Case(kind: .deadUnits, subject: "dense1", hidden: "relu(dense(x, 16) - 100)"),
    Case(kind: .saturatedUnits, subject: "dense1", hidden: "dense(x, 16, init: normal(300)) |> tanh", recipe: "optimizer sgd(rate: 0.001)"),
    Case(kind: .vanishingGradients, subject: "dense1.weight", hidden: deep),
    Case(
      kind: .explodingGradients, subject: "dense3.weight", hidden: "dense(x, 16) |> dense(16, init: normal(30))",
      recipe: "optimizer sgd(rate: 1e-12)"),
    Case(kind: .rateTooHigh, subject: nil, hidden: "x", recipe: "optimizer sgd(rate: 1.1)"),
    Case(kind: .rateTooLow, subject: nil, recipe: "optimizer sgd(rate: 1e-5)", epochs: 30),
    Case(
      kind: .constantTargets, subject: "t", loss: "squared_error(dense(h, 1), t)",
      data: "rows(x: [[0, 1, 1, 0], [1, 0, 1, 1]], t: [[3], [3]])"),
    Case(kind: .targetsOutOfRange, subject: "t", loss: "squared_error(tanh(dense(h, 1)), t)"),
    Case(kind: .targetsOutOfRange, subject: "t", loss: "binary_cross_entropy(dense(h, 1), t)"),
    Case(kind: .inputsNotNormalized, subject: "dense1", hidden: "dense(100 * x, 16) |> tanh"),
    Case(kind: .inputsNotNormalized, subject: "dense1", hidden: "dense(1e-4 * x, 16) |> tanh"),
  ])
  private func anIllModelIsDiagnosed(_ model: Case) throws {
    let found = try diagnoses(model.text)
    let fitting = try #require(found.first { $0.kind == model.kind }, "\(found.map(\.message))")
    #expect(fitting.subject == model.subject)
    #expect(fitting.line != nil && fitting.file == "test.nn")
    #expect(!fitting.help.isEmpty)
    #expect(found.count { $0.kind == model.kind } == 1)
    #expect(Diagnosis(fitting.json)?.json == fitting.json)
  }

  @Test func aLoopIsOneLayer() throws {
    let setup = try ModelSetup(
      test: """
        input x: [6, 4]
        target t: class(2)
        h = x |> rnn(5) |> lstm(3)
        loss cross_entropy(dense(h[-1], 2), t)
        """)
    let survey = Survey(setup.model)
    #expect(survey.activations.map(\.layer) == survey.activations.map { $0.range == survey.activations[0].range ? "rnn1" : "lstm1" })
    #expect(survey.activations.count <= 1 + 5)
    #expect(survey.activations[0].uses(examples: 2) == 12)
  }

  @Test func factorsAndOutputsMayBeFlat() throws {
    let setup = try ModelSetup(
      test: """
        input x: [4]
        target t: [1]
        h = x |> dense(5) |> silu |> dense(6) |> elu
        loss squared_error(sigmoid(dense(h, 1)), t) + sum(relu(h))
        """)
    #expect(Survey(setup.model).activations.map(\.function) == ["elu"])
  }

  @Test func viewsOfAnInputAreTheInput() throws {
    let setup = try ModelSetup(
      test: """
        input x: [16]
        target t: class(2)
        f = reshape(x, [1, 4, 4]) |> conv(3, kernel: 3, pad: 1) |> relu |> flatten
        loss cross_entropy(dense(f, 2), t)
        """)
    let survey = Survey(setup.model)
    #expect(survey.feeds.map(\.value) == [setup.model.inputs[0].value])
    #expect(survey.feeds.map(\.layer) == ["conv1"])
    #expect(survey.activations.map(\.function) == ["relu"])
  }

  /// Looking at a model is none of its business.
  @Test func weightsAreThoseOfBareSteps() throws {
    let setup = try ModelSetup(test: TestModel.noisy)
    try withTemporaryFolder { folder in
      _ = try Trainer(setup, folder: RunFolder(folder)).run()
      let data = try TrainingData(setup)
      let bare = try setup.instance([.step], batch: setup.model.recipe.batch)
      var progress = TrainingProgress(seed: setup.seed)
      for epoch in 0..<setup.model.recipe.epochs {
        let rows = data.order.rows(epoch: epoch)
        for start in stride(from: 0, to: rows.count, by: bare.batch) {
          let batch = rows[start..<min(start + bare.batch, rows.count)]
          bare.memory.examples.gather(batch, of: data.table)
          _ = bare.step(count: batch.count, rate: 0.05, step: progress.steps, stream: progress.stream)
          progress.steps += 1
          progress.examples += UInt64(batch.count)
        }
      }
      #expect(try Safetensors(contentsOf: RunFolder(folder).weights).tensors == bare.weightSlots.map(\.tensor))
    }
  }

  @Test func normsAreThoseOfTheWeights() throws {
    try withTemporaryFolder { folder in
      _ = try Trainer(ModelSetup(test: TestModel.noisy), folder: RunFolder(folder)).run()
      let record = try #require(RunFolder(folder).records().last)
      for tensor in try Safetensors(contentsOf: RunFolder(folder).weights).tensors {
        let norm = try #require(record.norms.first { $0.name == tensor.name })
        let wanted = tensor.storage.doubles.reduce(0) { $0 + $1 * $1 }.squareRoot()
        #expect(abs(Double(norm.weight) - wanted) < 1e-5 * (1 + wanted))
        #expect(norm.gradient > 0)
      }
    }
  }
}
