import NNData
import NNGraph
import NNSchedule
import Testing

@testable import NNTraining

@Suite struct NormalizationTests {
  private func instance(_ rule: String, _ shape: String, _ rows: String, validation: String = "") throws -> ModelInstance {
    let text = """
      input x: \(shape)
      param w = 1
      loss  squared_error(w, mean(x))
      output y = x
      train { data rows(x: \(rows)); normalize \(rule); epochs 0; \(validation) }
      """
    let setup = try ModelSetup(test: text, precision: .f64)
    let data = try TrainingData(setup)
    let instance = try setup.instance([.step, .infer], batch: 8)
    instance.learnNormalization(from: data.table, rows: data.order.training)
    return instance
  }

  private func numbers(_ instance: ModelInstance) -> [String: [Double]] {
    Dictionary(instance.weightSlots.map { ($0.name, $0.tensor.storage.doubles) }) { first, _ in first }
  }

  @Test func eachFeatureHasMeanZeroAndDeviationOne() throws {
    let learnt = numbers(try instance("mean_std", "[3]", "[[1, 10, 7], [3, 30, 7], [5, 20, 7], [7, 40, 7]]"))
    #expect(learnt["x.shift"] == [4, 25, 7])
    let scales = try #require(learnt["x.scale"])
    // What never changes is not scaled.
    let expected = [1 / 5.0.squareRoot(), 1 / 125.0.squareRoot(), 1]
    #expect(zip(scales, expected).allSatisfy { abs($0 - $1) < 1e-15 })
  }

  @Test func rangesBecomeZeroToOne() throws {
    let learnt = numbers(try instance("zero_one", "[]", "[-2, 6, 0]"))
    #expect(learnt["x.shift"] == [-2])
    #expect(learnt["x.scale"] == [0.125])
  }

  /// Large numbers that are close together keep their deviation.
  @Test func nothingIsLostFarFromZero() throws {
    let learnt = numbers(try instance("mean_std", "[]", "[1000000001, 1000000002, 1000000003, 1000000004]"))
    #expect(learnt["x.shift"] == [1_000_000_002.5])
    #expect(abs((learnt["x.scale"]?.first ?? 0) - 1 / 1.25.squareRoot()) < 1e-12)
  }

  @Test func channelsAndFeaturesOfSequencesAreNormalisedAlike() throws {
    let pictures = numbers(try instance("zero_one", "[2, 1, 2]", "[[[[0, 4]], [[10, 20]]], [[[2, 1]], [[12, 14]]]]"))
    #expect(pictures["x.shift"] == [0, 10])
    #expect(pictures["x.scale"] == [0.25, 0.1])
    let sequences = numbers(try instance("zero_one", "[2, 2]", "[[[0, 10], [4, 20]], [[2, 12], [1, 14]]]"))
    #expect(sequences["x.shift"] == [0, 10])
    #expect(sequences["x.scale"] == [0.25, 0.1])
  }

  @Test func onlyTrainingExamplesCount() throws {
    let rows = "[1, 2, 3, 4, 5, 6, 7, 8, 9, 1000]"
    let all = numbers(try instance("zero_one", "[]", rows))
    #expect(all["x.scale"] == [1.0 / 999])
    for seed in 0..<20 {
      let learnt = numbers(try instance("zero_one", "[]", rows, validation: "split validation: 0.3; seed \(seed)"))
      let part = try #require(learnt["x.scale"]?.first)
      if part != 1.0 / 999 { return }
    }
    Issue.record("the split never held back the largest number")
  }

  /// Weights carry what was learnt, so that predictions take raw inputs.
  @Test func predictionsTakeRawInputs() throws {
    let text = """
      input  x: [2]
      target t: []
      loss   squared_error(sum(dense(x, 1)), t)
      output y = x
      train { data rows(x: [[100, 5], [300, 7]], t: [1, 2]); normalize zero_one; epochs 2; batch 2 }
      """
    try withTemporaryFolder { folder in
      let setup = try ModelSetup(test: text)
      _ = try Trainer(setup, folder: RunFolder(folder)).run()
      try Safetensors(tensors: [Tensor(name: "x", shape: [1, 2], storage: .float32([200, 9]))]).write(to: folder + "/d.safetensors")
      let model = TrainedModel(setup, weights: RunFolder(folder).weights)
      #expect(try model.predict(.file(folder + "/d.safetensors")).tensors.first?.storage == .float32([0.5, 2]))
      let baked = try setup.starting(from: RunFolder(folder).weights)
      #expect(baked.model.states.map(\.initial) == [.literal([100, 5]), .literal([Double(Float(0.005)), 0.5])])
    }
  }
}

@Suite struct AugmentationTests {
  private func examples(_ rule: String, count: Int, seen: UInt64 = 0, shape: [Int] = [1, 3, 4]) throws -> [[Float]] {
    let text = "input x: \(shape)\nparam w = 1\nloss w * sum(x)\ntrain { data random(1); augment \(rule); seed 4 }"
    let model = try ModelSetup(test: text).model
    let augmentation = try #require(try Augmentation(model, precision: .f32))
    let buffers = try BatchBuffers(model, capacity: count, precision: .f32)
    defer { withExtendedLifetime(buffers) {} }
    let size = shape.reduce(1, *)
    let start = buffers.address(ofPort: 0).assumingMemoryBound(to: Float.self)
    for index in 0..<count * size { start[index] = Float(index % size + 1) }
    augmentation.apply(to: buffers, count: count, seen: seen)
    return (0..<count).map { example in (0..<size).map { start[example * size + $0] } }
  }

  private let whole: [Float] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]
  private let mirrored: [Float] = [4, 3, 2, 1, 8, 7, 6, 5, 12, 11, 10, 9]

  @Test func halfOfThePicturesAreMirrored() throws {
    let pictures = try examples("flip", count: 1000)
    #expect(pictures.allSatisfy { $0 == whole || $0 == mirrored })
    let count = pictures.count { $0 == mirrored }
    #expect((430...570).contains(count))
  }

  @Test func everyOffsetComesAsOften() throws {
    var counts: [[Float]: Int] = [:]
    for picture in try examples("crop(1)", count: 1800) { counts[picture, default: 0] += 1 }
    #expect(counts.count == 9)
    #expect(counts.values.allSatisfy { (130...270).contains($0) })
    #expect(counts[whole] != nil)
    #expect(counts[[0, 0, 0, 0, 0, 1, 2, 3, 0, 5, 6, 7]] != nil)
    #expect(counts[[6, 7, 8, 0, 10, 11, 12, 0, 0, 0, 0, 0]] != nil)
  }

  /// Channels move together, and a picture smaller than the crop can leave it altogether.
  @Test func channelsMoveTogether() throws {
    for picture in try examples("flip, crop(3)", count: 200, shape: [2, 2, 2]) {
      let second = picture[4...].map { $0 == 0 ? 0 : $0 - 4 }
      #expect(Array(picture[..<4]) == second)
    }
  }

  @Test func followsFromTheNumberOfExamplesSeen() throws {
    let all = try examples("flip, crop(2)", count: 20)
    #expect(try examples("flip, crop(2)", count: 8, seen: 12) == Array(all[12...]))
    #expect(Set(all).count > 5)
  }

  @Test func needsPictures() throws {
    let model = try ModelSetup(test: "input x: [4]\nparam w = 1\nloss w * sum(x)\ntrain { augment flip }").model
    let error = #expect(throws: TrainingError.self) { try Augmentation(model, precision: .f32) }
    #expect(error?.message == "'augment' is for pictures, but no input is one")
    #expect(error?.range != nil)
  }
}
