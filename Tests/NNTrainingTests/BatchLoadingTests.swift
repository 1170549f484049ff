import NNData
import NNGraph
import NNSchedule
import Testing

@testable import NNTraining

@Suite struct BatchLoadingTests {
  private static let model = """
    input  x: [2, 6, 5]
    target k: class(4)
    loss   cross_entropy(x |> flatten |> dense(4), k)
    train { data random(50); augment flip, crop(2); batch 8; epochs 3; seed 9 }
    """

  /// Inputs and targets of every batch from a place in the training to its end.
  private func batches(from progress: TrainingProgress, isAhead: Bool) throws -> [[Float]] {
    let setup = try ModelSetup(test: Self.model)
    let data = try TrainingData(setup)
    let instance = try setup.instance([.step], batch: 8)
    let plan = BatchPlan(data.order, data.bounds(size: 8), epochs: 3, from: progress)
    let loader = try BatchLoader(data.table, plan, for: instance, isAhead: isAhead, leastBytes: 0)
    var batches: [[Float]] = []
    while try loader.load(into: instance) {
      let address = instance.memory.examples.address(ofPort: 0).assumingMemoryBound(to: Float.self)
      // The last batch of an epoch has two examples; what lies behind them is not looked at.
      let count = batches.count % 7 == 6 ? 2 : 8
      batches.append(Array(UnsafeBufferPointer(start: address, count: count * 60)))
      // A step on the batch ends where the next one has not been put over it.
      #expect(instance.step(count: count, rate: 0.1, step: 0, stream: 0).isFinite)
      #expect(Array(UnsafeBufferPointer(start: address, count: count * 60)) == batches.last)
    }
    return batches
  }

  @Test func batchesAreTheSameOnAnotherThread() throws {
    let start = TrainingProgress(seed: 9)
    let here = try batches(from: start, isAhead: false)
    #expect(here.count == 21)
    #expect(Set(here).count == 21)
    for _ in 0..<5 { #expect(try batches(from: start, isAhead: true) == here) }
  }

  @Test func goesOnWhereATrainingStands() throws {
    var progress = TrainingProgress(seed: 9)
    let all = try batches(from: progress, isAhead: false)
    progress.epochs = 1
    progress.position = 16
    progress.examples = 66
    let rest = try batches(from: progress, isAhead: true)
    // Fewer steps have been counted, so that only whole batches are compared as a whole.
    #expect(rest.count == 12)
    #expect(rest.prefix(4) == all[9..<13])
  }

  /// A program learns from what is in the buffers that it was told to use.
  @Test func stepsUseTheLoadedBatch() throws {
    let setup = try ModelSetup(test: Self.model)
    let data = try TrainingData(setup)
    let plan = BatchPlan(data.order, data.bounds(size: 8), epochs: 3, from: TrainingProgress(seed: 9))
    let losses = try [false, true].map { isAhead in
      let instance = try setup.instance([.step], batch: 8)
      let loader = try BatchLoader(data.table, plan, for: instance, isAhead: isAhead, leastBytes: 0)
      return try (0..<14).map { step in
        let isThere = try loader.load(into: instance)
        #expect(isThere)
        return instance.step(count: step % 7 == 6 ? 2 : 8, rate: 0.1, step: UInt64(step), stream: 0)
      }
    }
    #expect(losses[0] == losses[1])
    #expect(Set(losses[0]).count == 14)
  }
}
