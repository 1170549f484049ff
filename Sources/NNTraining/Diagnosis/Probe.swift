import NNExecution
import NNGraph
import NNSchedule

/// Looks at a model in training through a program of its own, so that the steps take no longer and nothing of theirs changes.
final class Probe {
  /// One example in so many is looked at, and no more than `mostExamples`; but a batch at least.
  private static let examplesPerLook = 128
  private static let mostExamples = 2048

  let survey: Survey
  private let instance: ModelInstance
  private let table: ExampleTable
  private let order: ExampleOrder
  private let sample: [Int]
  /// What losses at other weights are compared for: as few examples as a batch has would be learnt by heart.
  private let largeSample: [Int]
  private let stream: UInt64

  /// - Parameter batch: as large as that of the training, so that statistics over it are the same.
  init(_ setup: ModelSetup, _ data: TrainingData, batch: Int) throws {
    var setup = setup
    // The quickest to have: the program runs for a moment in an epoch.
    setup.compiler = .tcc
    survey = Survey(setup.model)
    instance = try ModelInstance(setup, entries: [.grad, .survey], batch: batch)
    table = data.table
    order = data.order
    stepsPerEpoch = data.bounds(size: batch).count
    stream = TrainingProgress(seed: setup.seed).stream
    let count = data.order.training.count
    let wanted = min(count, max(batch, min(count / Self.examplesPerLook, Self.mostExamples) / batch * batch))
    sample = Self.sample(of: data.order, wanted)
    largeSample = Self.sample(of: data.order, min(count, max(batch, Self.mostExamples)))
  }

  private static func sample(of order: ExampleOrder, _ count: Int) -> [Int] {
    let rows = order.training
    return order.isSequential ? Array(rows.prefix(count)) : (0..<count).map { rows[$0 * rows.count / count] }
  }

  var batch: Int { instance.batch }

  let stepsPerEpoch: Int

  /// Whether looking takes so short a part of an epoch that it can be done after each.
  var isCheap: Bool { sample.count * 32 <= order.training.count }

  /// The loss, its gradient and how units respond, for the sample.
  func look(at training: ModelInstance) throws -> ProbeFigures {
    instance.takeOver(training)
    var figures = ProbeFigures(instance.model, survey)
    try instance.forEachBatch(of: sample, in: table) { batch in
      let loss = instance.gradient(count: batch.count, stream: stream)
      figures.add(loss: loss, squares: gradientSquares(), examples: batch.count)
      figures.add(instance.report(.survey, count: batch.count, stream: stream), examples: batch.count)
    }
    figures.weights = training.squares(of: training.memory.parameters).map { $0.squareRoot() }
    return figures
  }

  /// How units respond to all examples there are to learn from.
  func lookAtAll(_ training: ModelInstance) throws -> ProbeFigures {
    instance.takeOver(training)
    var figures = ProbeFigures(instance.model, survey)
    try instance.forEachBatch(of: order.training, in: table) { batch in
      figures.add(instance.report(.survey, count: batch.count, stream: stream), examples: batch.count)
    }
    return figures
  }

  /// The loss where the weights have gone on so many times as far as from `origin`.
  func loss(beyond training: ModelInstance, from origin: RealBuffer, factor: Double) throws -> Double {
    instance.takeOver(training)
    let weights = zip(training.memory.parameters.numbers, origin.numbers).map { now, before in now + factor * (now - before) }
    instance.memory.parameters.replace(from: 0, with: weights)
    var sum = 0.0
    try instance.forEachBatch(of: largeSample, in: table) { batch in
      sum += instance.gradient(count: batch.count, stream: stream) * Double(batch.count)
    }
    return sum / Double(largeSample.count)
  }

  private func gradientSquares() -> [Double] { instance.squares(of: instance.memory.gradients) }
}

extension ModelInstance {
  /// The sum of the squares of each parameter's numbers, in a buffer laid out as parameters are.
  func squares(of buffer: RealBuffer) -> [Double] {
    zip(model.parameters, compiled.layout.parameters).map { parameter, start in
      buffer.sumOfSquares(start..<(start + parameter.shape.count))
    }
  }
}
