import Glibc
package import NNData
import NNGraph
import NNSchedule

/// How a model learns at each rate, from too low to too high.
package struct RateRange: Sendable {
  package struct Point: Sendable {
    package let rate: Double
    /// Smoothed over the last steps.
    package let loss: Double
  }

  package let points: [Point]

  /// Where the loss is least: from here on steps are too long.
  package var least: Point? { points.min { $0.loss < $1.loss } }

  /// A tenth of where the loss is least, which leaves room for the steep places that come later; nil where nothing was learnt at any rate.
  package var suggestion: Double? {
    guard let least, let first = points.first, least.loss < first.loss else { return nil }
    return least.rate / 10
  }

  /// `{"rate": 0.1, "points": [{"rate": 1e-6, "loss": 2.3}]}`: the rate is null where none is to be suggested.
  package var json: JSON {
    .object([
      JSON.Member("rate", suggestion.map { .number($0) } ?? .null),
      JSON.Member(
        "points", .array(points.map { .object([JSON.Member("rate", .number($0.rate)), JSON.Member("loss", .number($0.loss))]) })),
    ])
  }
}

/// A learning-rate range test: training steps, each at a higher rate than the one before, until the loss runs away.
package struct RateSearch {
  private static let lowest = 1e-6
  private static let highest = 10.0
  private static let steps = 120
  private static let beginning = 20
  /// The part of the smoothed loss that the last one keeps.
  private static let memory = 0.8

  private let setup: ModelSetup

  package init(_ setup: ModelSetup) { self.setup = setup }

  package func run() throws -> RateRange {
    try setup.checkTrainable()
    let data = try TrainingData(setup)
    let instance = try setup.instance([.step], batch: setup.model.recipe.batch)
    instance.learnNormalization(from: data.table, rows: data.order.training)
    var progress = TrainingProgress(seed: setup.seed)
    let bounds = data.bounds(size: instance.batch)
    let plan = BatchPlan(data.order, bounds, epochs: .max, from: progress)
    let loader = try BatchLoader(data.table, plan, for: instance, isAhead: setup.lanes > 1)
    var smoothed = SmoothedLoss(memory: Self.memory)
    var points: [RateRange.Point] = []
    for step in 0..<Self.steps {
      let rate = Self.rate(step)
      if progress.position == data.order.training.count { progress.beginEpoch() }
      if bounds.begins(at: progress.position) { instance.restartExamples() }
      let count = bounds.end(from: progress.position) - progress.position
      guard try loader.load(into: instance) else { break }
      let loss = instance.step(count: count, rate: rate, step: progress.steps, stream: progress.stream)
      guard loss.isFinite else { break }
      progress.add(loss, examples: count)
      smoothed.add(loss)
      points.append(RateRange.Point(rate: rate, loss: smoothed.value))
      if Self.hasRunAway(points) { break }
    }
    return RateRange(points: points)
  }

  private static func rate(_ step: Int) -> Double {
    lowest * pow(highest / lowest, Double(step) / Double(steps - 1))
  }

  /// Worse than ever at the beginning, where rates do nothing and losses differ by chance, by what had been gained since.
  private static func hasRunAway(_ points: [RateRange.Point]) -> Bool {
    guard points.count > beginning, let last = points.last?.loss, let least = points.map(\.loss).min(),
      let worst = points.prefix(beginning).map(\.loss).max()
    else { return false }
    return last > worst + (worst - least)
  }
}

/// A mean that forgets, and knows how little it has seen.
private struct SmoothedLoss {
  let memory: Double
  private var sum = 0.0
  private var weight = 0.0

  init(memory: Double) { self.memory = memory }

  mutating func add(_ loss: Double) {
    sum = memory * sum + (1 - memory) * loss
    weight = memory * weight + (1 - memory)
  }

  var value: Double { sum / weight }
}
