import Glibc
import NNData
import NNGraph
import NNSchedule
import NNSource
import Testing

@testable import NNTraining

@Suite struct TrainerTests {
  private func trainer(_ text: String, _ folder: String? = nil, epochs: Int? = nil, resumes: Bool = false) throws -> Trainer {
    var setup = try ModelSetup(test: text)
    if let epochs { setup.model.recipe.epochs = epochs }
    return Trainer(setup, folder: folder.map(RunFolder.init), resumes: resumes)
  }

  @Test func learnsExclusiveOr() throws {
    var losses: [Double] = []
    let result = try trainer(TestModel.xor).run(observer: { event in
      if case .finishedEpoch(let record) = event { losses.append(record.loss) }
    })
    #expect(result.epochs == 100)
    #expect(!result.isInterrupted)
    #expect(losses.count == 100)
    #expect((losses.first ?? 0) > 0.5)
    #expect((losses.last ?? 1) < 0.1)
    #expect(result.last?.isValidation == false)
    #expect(result.last?.evaluation?["right"] == 1)
    #expect(result.last?.loss == losses.last)
  }

  @Test func aRunLeavesItsFilesBehind() throws {
    try withTemporaryFolder { folder in
      let run = RunFolder(folder + "/run")
      let result = try trainer(TestModel.noisy, run.path).run()
      let lines = try #require(ByteBuffer(contentsOf: run.metrics).text).split(separator: "\n")
      #expect(lines.count == 6)
      #expect(try lines.last.map { try JSON(parsing: String($0))["epoch"] } == .integer(6))
      let weights = try Safetensors(contentsOf: run.weights)
      #expect(weights.tensors.map(\.name).sorted() == ["dense1.bias", "dense1.weight", "dense2.bias", "dense2.weight"])
      #expect(weights["dense1.weight"]?.shape == [6, 4])
      #expect(result.json["epochs"] == .integer(6))
      #expect(throws: TrainingError.self) { try trainer(TestModel.noisy, run.path).run() }
    }
  }

  @Test func theLastBatchCountsByItsExamples() throws {
    var steps: [StepReport] = []
    var record: EpochRecord?
    var size: TrainingSize?
    _ = try trainer(TestModel.noisy, epochs: 1).run(observer: { event in
      switch event {
      case .began(let value): size = value
      case .stepped(let step): steps.append(step)
      case .finishedEpoch(let value): record = value
      default: break
      }
    })
    #expect(size?.stepsPerEpoch == 4)
    #expect(size?.trainingExamples == 10)
    #expect(steps.map(\.step) == [1, 2, 3, 4])
    try #require(steps.count == 4)
    let mean = (3 * steps[0].loss + 3 * steps[1].loss + 3 * steps[2].loss + steps[3].loss) / 10
    #expect(abs((record?.loss ?? 0) - mean) < 1e-12)
    #expect(record?.steps == 4)
  }

  /// Of rising numbers each is one more than the last, or than 0.
  private static let remembering = """
    input x: []
    param w = 1
    state last: [] = 0
    next  last = x
    loss  squared_error(x, last + w)

    """

  /// The loss is 0 only if the examples come one after the other, and the state starts anew with each epoch.
  @Test func examplesThatRememberComeInOrder() throws {
    let text = Self.remembering + "train { data rows(x: [1, 2, 3, 4, 5, 6, 8]); split validation: 0.3; batch 1; epochs 3 }"
    var losses: [Double] = []
    let result = try trainer(text).run(observer: { event in if case .stepped(let step) = event { losses.append(step.loss) } })
    #expect(losses == [Double](repeating: 0, count: 15))
    // The last two are held back; there, the first finds no state.
    #expect(result.last?.evaluation?.loss == 13)
    #expect(result.last?.isValidation == true)
  }

  // MARK: Going on

  private func tensors(_ folder: String) throws -> [Tensor] {
    let checkpoint = try Safetensors(contentsOf: RunFolder(folder).checkpoint)
    return checkpoint.tensors.sorted { $0.name < $1.name }
  }

  @Test func goesOnAtAnEpochBitForBit() throws {
    try withTemporaryFolder { folder in
      _ = try trainer(TestModel.noisy, folder + "/whole").run()
      _ = try trainer(TestModel.noisy, folder + "/parts", epochs: 2, resumes: true).run()
      var resumed: Int?
      _ = try trainer(TestModel.noisy, folder + "/parts", resumes: true).run(observer: { event in
        if case .resumed(let epochs, _) = event { resumed = epochs }
      })
      #expect(resumed == 2)
      #expect(try tensors(folder + "/parts") == tensors(folder + "/whole"))
      let files = try ["parts", "whole"].map { try ByteBuffer(contentsOf: "\(folder)/\($0)/weights.safetensors").array }
      #expect(files[0] == files[1])
    }
  }

  @Test(arguments: [1, 2, 3, 4, 6, 22, 23])
  func goesOnAfterAnInterruptionBitForBit(steps: Int) throws {
    try withTemporaryFolder { folder in
      let whole = try trainer(TestModel.noisy, folder + "/whole").run()
      var done = 0
      let part = try trainer(TestModel.noisy, folder + "/parts").run(
        observer: { event in if case .stepped = event { done += 1 } }, isInterrupted: { done >= steps })
      #expect(part.isInterrupted)
      #expect(done == steps)
      let rest = try trainer(TestModel.noisy, folder + "/parts", resumes: true).run()
      #expect(!rest.isInterrupted)
      #expect(try tensors(folder + "/parts") == tensors(folder + "/whole"))
      #expect(rest.last?.loss == whole.last?.loss)
      let lines = try #require(ByteBuffer(contentsOf: folder + "/parts/metrics.jsonl").text).split(separator: "\n")
      #expect(lines.count == 6)
    }
  }

  @Test func aRunThatIsDoneStaysAsItIs() throws {
    try withTemporaryFolder { folder in
      let first = try trainer(TestModel.noisy, folder, resumes: true).run()
      let again = try trainer(TestModel.noisy, folder, resumes: true).run()
      #expect(again.epochs == 6)
      #expect(again.last == first.last)
    }
  }

  @Test func anotherSeedOrOptimizerIsAnotherRun() throws {
    try withTemporaryFolder { folder in
      _ = try trainer(TestModel.noisy, folder, epochs: 1).run()
      let otherSeed = TestModel.noisy.replacing("seed      5", with: "seed 6")
      let otherRule = TestModel.noisy.replacing("adam(rate: 0.05)", with: "sgd(rate: 0.05)")
      let otherShape = TestModel.noisy.replacing("dense(6)", with: "dense(7)")
      let otherModel = TestModel.noisy.replacing("relu", with: "tanh")
      let otherData = TestModel.noisy.replacing("random(10)", with: "random(11)")
      let otherSplit = TestModel.noisy.replacing("batch ", with: "split validation: 0.2\nbatch ")
      let others = [
        (otherSeed, "seed 5, not 6"), (otherRule, "'adam', not 'sgd'"), (otherShape, "[6, 4], but the model has [7, 4]"),
        (otherModel, "another model"), (otherData, "other data"), (otherSplit, "other data"),
      ]
      let checkpoint = try ByteBuffer(contentsOf: folder + "/checkpoint").array
      for (text, part) in others {
        let error = #expect(throws: DataError.self) { try trainer(text, folder, resumes: true).run() }
        #expect(error?.message.contains(part) == true)
        #expect(error?.path == folder + "/checkpoint")
        #expect(try ByteBuffer(contentsOf: folder + "/checkpoint").array == checkpoint)
      }
    }
  }

  /// What does not change a step may change; what was changed on purpose is said.
  @Test func aRecipeMayChange() throws {
    try withTemporaryFolder { folder in
      _ = try trainer(TestModel.noisy, folder, epochs: 1).run()
      func warnings(_ text: String, epochs: Int) throws -> [String] {
        var warnings: [String] = []
        _ = try trainer(text, folder, epochs: epochs, resumes: true).run(observer: { event in
          if case .warned(let warning) = event { warnings.append(warning) }
        })
        return warnings
      }
      let renamed = "# a comment\n" + TestModel.noisy.replacing("train {", with: "metric 1\noutput x\ntrain {")
      #expect(try warnings(renamed, epochs: 2) == [])
      let slower = TestModel.noisy.replacing("rate: 0.05", with: "rate: 0.01").replacing("batch     3", with: "batch 2; clip 1")
      #expect(
        try warnings(slower, epochs: 3) == [
          "the run was saved with 'batch 3' and goes on with 'batch 2'",
          "the run was saved with 'optimizer adam(rate: 0.05)' and goes on with 'optimizer adam(rate: 0.01)'",
          "the run was saved with no 'clip' and goes on with 'clip 1.0'",
        ])
    }
  }

  /// Kernels of this size are shared between threads.
  @Test func goesOnWithAnotherNumberOfThreadsBitForBit() throws {
    let text = """
      input  x: [200]
      target t: class(10)
      loss   cross_entropy(x |> dense(300) |> batchnorm |> relu |> dropout(0.5) |> dense(10), t)
      train { data random(200); batch 64; epochs 2; optimizer sgd(rate: 0.1, momentum: 0.9); clip 1 }
      """
    try withTemporaryFolder { folder in
      func train(_ run: String, threads: Int, resumes: Bool = false, steps: Int = .max) throws {
        var setup = try ModelSetup(test: text)
        setup.threads = threads
        var done = 0
        _ = try Trainer(setup, folder: RunFolder("\(folder)/\(run)"), resumes: resumes).run(
          observer: { event in if case .stepped = event { done += 1 } }, isInterrupted: { done >= steps })
      }
      try train("whole", threads: 1)
      try train("parts", threads: 2, steps: 3)
      try train("parts", threads: 1, resumes: true, steps: 2)
      try train("parts", threads: 2, resumes: true)
      #expect(try tensors(folder + "/parts") == tensors(folder + "/whole"))
    }
  }

  // MARK: Ending early

  /// Learning leads past 1, where the validation loss is least.
  private static let overfitting = """
    input x: []
    param w = 0
    loss  squared_error(w, x)
    train {
      data       rows(x: [8, 10, 12])
      validation rows(x: [1])
      optimizer  sgd(rate: 0.005)
      batch      1; epochs 40; patience 4
    }
    """

  @Test func endsWhenItGetsNoBetterAndKeepsTheBest() throws {
    try withTemporaryFolder { folder in
      var records: [EpochRecord] = []
      let result = try trainer(Self.overfitting, folder).run(observer: { event in
        if case .finishedEpoch(let record) = event { records.append(record) }
      })
      let best = try #require(records.min { ($0.evaluation?.loss ?? 0) < ($1.evaluation?.loss ?? 0) })
      #expect(result.best == best)
      #expect(result.epochs == best.epoch + 4)
      #expect(result.epochs < 40)
      #expect(result.json["best_epoch"] == .integer(best.epoch))
      let kept = try Safetensors(contentsOf: RunFolder(folder).weights)["w"]?.storage.doubles.first
      let loss = try #require(kept.map { ($0 - 1) * ($0 - 1) })
      #expect(abs(loss - (best.evaluation?.loss ?? 9)) < 1e-6)
      let again = try trainer(Self.overfitting, folder, resumes: true).run()
      #expect(again.json["best_epoch"] == result.json["best_epoch"])
      #expect(again.epochs == result.epochs)
    }
  }

  /// The weights that a run without `patience` left are the best there are.
  @Test func looksForABetterEpochThanTheOneItGoesOnFrom() throws {
    try withTemporaryFolder { folder in
      let plain = Self.overfitting.replacing("; patience 4", with: "")
      let first = try trainer(plain, folder, epochs: 2).run()
      #expect(first.best == nil)
      let whole = try trainer(Self.overfitting, folder + "/whole").run()
      let rest = try trainer(Self.overfitting, folder, resumes: true).run()
      #expect(rest.best?.epoch == max(whole.best?.epoch ?? 0, 2))
      #expect(rest.epochs == max(whole.epochs, 6))
    }
  }

  /// What other examples have said of an epoch is nothing to compare with.
  @Test(arguments: ["", "; patience 4"])
  func looksForTheBestEpochByThePresentExamples(patience: String) throws {
    try withTemporaryFolder { folder in
      let text = Self.overfitting.replacing("; patience 4", with: patience).replacing("rows(x: [1])", with: "rows(x: [0.1])")
      #expect(try trainer(text, folder, epochs: 2).run().last?.evaluation != nil)
      var warnings: [String] = []
      let rest = try trainer(Self.overfitting, folder, resumes: true).run(observer: { event in
        if case .warned(let text) = event { warnings.append(text) }
      })
      #expect(warnings.contains("the run goes on with other data to judge epochs by"))
      #expect((rest.best?.epoch ?? 0) > 2)
    }
  }

  @Test func examplesThatRememberBeginAnewWithEachFile() throws {
    try withTemporaryFolder { folder in
      try FileWriter.write("x\n1\n2\n3\n", to: folder + "/a.csv")
      try FileWriter.write("x\n1\n2\n", to: folder + "/b.csv")
      func text(batch: Int) -> String {
        Self.remembering + "train { data csv([\"\(folder)/a.csv\", \"\(folder)/b.csv\"]); batch \(batch); epochs 2 }"
      }
      var losses: [Double] = []
      var size: TrainingSize?
      _ = try trainer(text(batch: 1)).run(observer: { event in
        if case .stepped(let step) = event { losses.append(step.loss) }
        if case .began(let value) = event { size = value }
      })
      #expect(losses == [Double](repeating: 0, count: 10))
      #expect(size?.stepsPerEpoch == 5)
      var steps: [StepReport] = []
      _ = try trainer(text(batch: 2)).run(observer: { event in if case .stepped(let step) = event { steps.append(step) } })
      #expect(steps.prefix(3).map(\.step) == [1, 2, 3])
      #expect(steps.first?.stepsPerEpoch == 3)
    }
  }

  @Test(arguments: [1, 5, 7, 11, 14])
  func remembersTheBestOverAnInterruption(steps: Int) throws {
    try withTemporaryFolder { folder in
      let whole = try trainer(Self.overfitting, folder + "/whole").run()
      var done = 0
      _ = try trainer(Self.overfitting, folder + "/parts").run(
        observer: { event in if case .stepped = event { done += 1 } }, isInterrupted: { done >= steps })
      let rest = try trainer(Self.overfitting, folder + "/parts", resumes: true).run()
      #expect(try tensors(folder + "/parts") == tensors(folder + "/whole"))
      #expect(rest.best?.epoch == whole.best?.epoch)
      #expect(rest.epochs == whole.epochs)
      let files = try ["parts", "whole"].map { try ByteBuffer(contentsOf: "\(folder)/\($0)/weights.safetensors").array }
      #expect(files[0] == files[1])
    }
  }

  @Test func aDamagedCheckpointIsNamed() throws {
    try withTemporaryFolder { folder in
      let run = RunFolder(folder)
      _ = try trainer(TestModel.noisy, folder, epochs: 1).run()
      let bytes = try ByteBuffer(contentsOf: run.checkpoint).array
      for length in [0, 7, 100, bytes.count - 1] {
        try FileWriter.write(run.checkpoint) { (writer) throws(DataError) in try writer.append(Array(bytes.prefix(length))) }
        let error = #expect(throws: DataError.self) { try trainer(TestModel.noisy, folder, resumes: true).run() }
        #expect(error?.path == run.checkpoint)
      }
      try Safetensors(tensors: []).write(to: run.checkpoint)
      let error = #expect(throws: DataError.self) { try trainer(TestModel.noisy, folder, resumes: true).run() }
      #expect(error?.message == "it is not a checkpoint of this program")
    }
  }

  // MARK: What cannot be trained

  @Test func aLossThatIsNoNumberStopsTheRunWithItsStep() throws {
    let text = """
      param w = 1
      loss  sqrt(w)
      train {
        optimizer sgd(rate: 1.5)
        epochs 10
      }
      """
    let error = #expect(throws: TrainingError.self) { try trainer(text).run() }
    #expect(error?.kind == .content)
    #expect(error?.message == "the loss is nan at step 3, in epoch 3: 'sqrt(w)' is the first that is not finite")
  }

  @Test func theFirstValueThatIsNoNumberIsNamed() throws {
    let text = """
      param w = 1
      a = w + 1
      b = log(w)
      c = b * 2
      loss  c + a
      train { optimizer sgd(rate: 0.4); epochs 10 }
      """
    try withTemporaryFolder { folder in
      let error = #expect(throws: TrainingError.self) { try trainer(text, folder).run() }
      let run = RunFolder(folder)
      #expect(
        error?.message
          == "the loss is nan at step 2, in epoch 2: 'b' is the first that is not finite; '\(run.checkpoint)' keeps what was before")
      #expect(error?.range?.lower == 22)
      let saved = try Safetensors(contentsOf: run.weights)["w"]?.storage.doubles.first
      #expect(saved.map { $0 < 0 } == true)
    }
  }

  @Test func aValueWithoutNameIsToldByItsText() throws {
    let text = "param w = 1\nb = 3 * log(w + 0 * w)\nloss b + w\ntrain { optimizer sgd(rate: 0.4); epochs 10 }"
    let error = #expect(throws: TrainingError.self) { try trainer(text).run() }
    #expect(error?.message == "the loss is nan at step 2, in epoch 2: 'log(w + 0 * w)' is the first that is not finite")
  }

  /// The loss is finite and its gradient is not: nothing of that is saved.
  @Test func weightsThatAreNoNumbersAreNotSaved() throws {
    let text = "param w = 0\nloss sqrt(w)\ntrain { optimizer sgd(rate: 0.1); epochs 1 }"
    try withTemporaryFolder { folder in
      let error = #expect(throws: TrainingError.self) { try trainer(text, folder).run() }
      #expect(error?.message == "the parameter 'w' is not finite any more at step 1, in epoch 2")
      let names = try Folder.names(in: folder)
      #expect(names == ["metrics.jsonl"])
    }
  }

  @Test(arguments: [
    ("input x: [2]\noutput x + 1", "the model has no loss to train by"),
    ("input x: [2]\nloss sum(x)", "the model has no parameters to train"),
    ("input x: [2]\nparam w = [1, 2]\nloss sum(w * x)", "there is nothing to learn from: the train block has no 'data' line"),
    (
      "param w = 1\nloss w\ntrain { schedule constant(warmup: epoch - 5) }", "'warmup' is at least 0, not -4"
    ),
    (
      "input x: []\nparam w = 1\nloss w * x\ntrain {\n data random(3)\n split validation: 0.1\n}",
      "a validation part of 0.1 leaves nothing to judge by: there are 3 examples"
    ),
    ("param w = 1\nloss w\ntrain { patience 3 }", "'patience' needs examples to judge an epoch by"),
  ])
  func saysWhatIsMissing(text: String, message: String) throws {
    let trainer = try trainer(text)
    let error = #expect(throws: TrainingError.self) { try trainer.run() }
    #expect(error?.message == message)
  }

  /// Clipped steps are as long as the rate times the bound; an optimizer's own rate counts where none is given.
  @Test func clippedStepsAreShort() throws {
    let text = "param w = [3, 4]\nloss 50 * sum(w * w)\ntrain { optimizer sgd(rate: 0.5); clip 1.0; epochs 1; batch 1 }"
    let setup = try ModelSetup(test: text, precision: .f64)
    let instance = try setup.instance([.step, .grad, .update], batch: 1)
    _ = instance.step(count: 1, rate: 0.5, step: 0, stream: 0)
    let moved = zip(instance.memory.parameters.numbers, [3.0, 4]).map { $1 - $0 }
    #expect(abs(moved[0] - 0.3) < 1e-8 && abs(moved[1] - 0.4) < 1e-8, "\(moved)")
  }

  @Test func anOptimizerMayHaveARateOfItsOwn() throws {
    let result = try trainer("param w = 3\nloss w * w\ntrain { optimizer adadelta; epochs 200 }").run()
    #expect(result.last?.rate == 1)
    #expect((result.last?.loss ?? 9) < 9)
  }
}
