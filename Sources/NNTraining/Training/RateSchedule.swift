import Glibc
import NNGraph
import NNSource

/// How the rate changes with the steps: a factor on the optimizer's own rate.
struct RateSchedule: Sendable {
  private enum Curve: Sendable {
    case constant
    /// Half a cosine, from 1 to 0 over the whole training.
    case cosine
  }

  private static let names = ["constant", "cosine"]

  private let curve: Curve
  private let warmup: Double
  private let totalSteps: Double

  init(_ choice: ScheduleChoice, stepsPerEpoch: Int, epochs: Int, range: SourceRange?) throws(TrainingError) {
    switch choice.name {
    case "constant": curve = .constant
    case "cosine": curve = .cosine
    default:
      let known = Self.names.joined(separator: ", ")
      throw TrainingError("the schedule '\(choice.name)' cannot be followed yet", range: range, help: "these can: \(known)")
    }
    if let unknown = choice.arguments.keys.sorted().first(where: { $0 != "warmup" }) {
      throw TrainingError(
        "the schedule '\(choice.name)' takes no '\(unknown)'", range: range,
        help: didYouMean(unknown, among: ["warmup"]) ?? "it takes 'warmup', a number of steps")
    }
    let steps = choice.arguments["warmup"]?.first.map { $0.steps + $0.epochs * Double(stepsPerEpoch) } ?? 0
    guard steps.isFinite, steps >= 0 else { throw TrainingError("'warmup' is a number of steps, not \(steps)", range: range) }
    warmup = steps
    totalSteps = Double(stepsPerEpoch) * Double(epochs)
  }

  /// The factor for step number `step`, from 0. During the warm-up it grows in equal steps up to 1.
  func factor(atStep step: Int) -> Double {
    let position = Double(step)
    if position < warmup { return (position + 1) / (warmup + 1) }
    switch curve {
    case .constant: return 1
    case .cosine:
      let length = max(totalSteps - warmup, 1)
      let progress = min((position - warmup) / length, 1)
      return 0.5 * (1 + cos(Double.pi * progress))
    }
  }
}
