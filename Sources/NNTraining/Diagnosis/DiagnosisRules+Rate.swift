import NNGraph
import NNOperations
import NNSource

extension DiagnosisRules {
  /// Two epochs whose losses are above what it was before the first step by the first factor, and one by the second, have driven it away: the very
  /// first steps may miss.
  private static let drivenFactors = (both: 1.5, worst: 5.0)
  /// A loss that has risen three times in a row, to more than the first one and to so many times the least, likewise.
  private static let risenFactor = 1.5
  /// Next to nothing has been learnt where so large a part of the loss is left, and an epoch has changed it by less than `flatPart`.
  private static let unlearntPart = 0.8
  private static let flatPart = 0.02
  /// Fewer steps than this say nothing of a rate, nor do steps at less than this part of it, as schedules have them at the ends.
  private static let leastSteps = 100
  private static let leastPart = 0.1
  /// A rate is too low where the loss would have fallen by this part, had the steps been longer.
  private static let worthwhilePart = 0.05
  /// So much further along the way of an epoch the loss is tried.
  private static let furtherFactors = [10.0, 30, 100, 300, 1000]

  /// Losses that work against each other rise and fall with their opponents, and nothing follows from that; nor from numbers below 0.
  private func isTelling(_ losses: [Double]) -> Bool {
    model.losses.allSatisfy { $0.trains == nil } && losses.allSatisfy { $0 > 0 && $0.isFinite }
  }

  /// A rate that drives the loss up.
  ///
  /// - Parameters:
  ///   - losses: of each epoch.
  ///   - start: of the model before its first step, where that is known.
  func rate(_ losses: [Double], start: Double?) -> [Diagnosis] {
    guard isTelling(losses), let last = losses.last else { return [] }
    let pair = losses.suffix(2)
    if let start, start > 0, pair.count == 2, let less = pair.min(), let more = pair.max(), less > start * Self.drivenFactors.both,
      more > start * Self.drivenFactors.worst
    {
      return [tooHigh(from: start, to: more)]
    }
    let recent = losses.suffix(4)
    guard recent.count == 4, let first = losses.first, let least = losses.min(), zip(recent, recent.dropFirst()).allSatisfy({ $0 < $1 }),
      last > first, last > least * Self.risenFactor
    else { return [] }
    return [tooHigh(from: least, to: last)]
  }

  private func tooHigh(from before: Double, to now: Double) -> Diagnosis {
    diagnosis(
      .rateTooHigh, nil, "the rate is too high: the loss has gone up from \(before.brief) to \(now.brief)",
      help: "try a tenth of it; 'nnrun tune' looks for one", at: model.recipe.ranges["optimizer"])
  }

  /// Whether two epochs or more have hardly moved the loss.
  func isFlat(_ losses: [Double], stepsPerEpoch: Int) -> Bool {
    guard isTelling(losses), losses.count >= 2, losses.count * stepsPerEpoch >= Self.leastSteps, let first = losses.first,
      let last = losses.last
    else { return false }
    return last > first * Self.unlearntPart && abs(losses[losses.count - 2] - last) < last * Self.flatPart
  }

  /// A rate that gets nowhere, though the way is right: longer steps would have lessened the loss.
  ///
  /// - Parameters:
  ///   - rate: at the end of the last epoch.
  ///   - further: the loss where the weights have gone on so many times as far as in that epoch.
  func rate(_ rate: Double, epochs: Int, loss further: (_ factor: Double) throws -> Double) rethrows -> [Diagnosis] {
    guard rate >= Self.leastPart * model.recipe.optimizer.rate else { return [] }
    let now = try further(0)
    var better: (factor: Double, loss: Double)?
    for factor in Self.furtherFactors where better == nil {
      let loss = try further(factor)
      if isTelling([now, loss]) && loss < now * (1 - Self.worthwhilePart) { better = (factor, loss) }
    }
    guard let better else { return [] }
    return [
      diagnosis(
        .rateTooLow, nil,
        "the rate is too low: \(epochs) epochs have hardly changed the loss, and one with steps \(Int(better.factor)) times as long would take "
          + "it from \(now.brief) to \(better.loss.brief)",
        help: "try ten times as much; 'nnrun tune' looks for one", at: model.recipe.ranges["optimizer"])
    ]
  }
}
