import Glibc
package import NNGraph
import NNSource

/// Every schedule of the language. A new one is a value here.
package enum Schedules {
  package static let rules: [ScheduleRule] = [
    ScheduleRule("constant", [], "The optimizer's rate all the time.", formula: "1") { _, _, _ in 1 },
    ScheduleRule(
      "step", [.init("every", .positive), .init("factor", default: 0.1, .positive)], "A lower rate every so many steps.",
      formula: "factor^floor(t / every)", countsFromStart: true
    ) { t, _, numbers in pow(numbers["factor"], floor(t / numbers["every"])) },
    ScheduleRule(
      "multistep", [.init("at", .nonNegative, isList: true), .init("factor", default: 0.1, .positive)],
      "A lower rate from each of these steps on: `multistep(at: [30 * epoch, 60 * epoch])`.",
      formula: "factor^(how many of at are at most t)", countsFromStart: true
    ) { t, _, numbers in pow(numbers["factor"], Double((numbers.lists["at"] ?? []).count { $0 <= t })) },
    ScheduleRule(
      "exponential", [.init("every", default: 1, .positive), .init("factor", .positive)], "Less by the same factor over equal times.",
      formula: "factor^(t / every)"
    ) { t, _, numbers in pow(numbers["factor"], t / numbers["every"]) },
    ScheduleRule(
      "inverse", [.init("every", default: 1, .positive), .init("power", default: 1, .positive)], "In inverse proportion to the time.",
      formula: "1 / (1 + t / every)^power"
    ) { t, _, numbers in pow(1 + t / numbers["every"], -numbers["power"]) },
    ScheduleRule(
      "polynomial", [.init("power", default: 1, .positive), .init("end", default: 0, .nonNegative)],
      "Down to `end` over the whole training, in a line or along a power.", formula: "end + (1 - end) (1 - t / T)^power"
    ) { t, steps, numbers in numbers["end"] + (1 - numbers["end"]) * pow(1 - progress(t, steps), numbers["power"]) },
    ScheduleRule(
      "cosine", [.init("end", default: 0, .nonNegative)], "Down to `end` over the whole training, along half a cosine.",
      formula: "end + (1 - end) (1 + cos(pi t / T)) / 2"
    ) { t, steps, numbers in halfCosine(from: 1, to: numbers["end"], progress(t, steps)) },
    ScheduleRule(
      "one_cycle",
      [.init("start", default: 0.04, .nonNegative), .init("end", default: 4e-6, .nonNegative), .init("peak", default: 0.3, .part)],
      "From `start` up to the optimizer's rate and down to `end`, along half a cosine each; `peak` is the part of the training on the way up.",
      formula: "half a cosine from start at 0 to 1 at peak T - 1, then one to end at T - 1"
    ) { t, steps, numbers in
      let top = max(numbers["peak"] * steps - 1, 0)
      if t < top { return halfCosine(from: numbers["start"], to: 1, t / top) }
      return halfCosine(from: 1, to: numbers["end"], progress(t - top, steps - 1 - top))
    },
  ]

  package static func rule(_ name: String) -> ScheduleRule? { rules.first { $0.name == name } }

  /// The rule that a `schedule` line chooses. An error names the argument to blame, or none for the schedule's name.
  package static func checked(_ choice: ScheduleChoice) throws(CallError) -> ScheduleRule {
    let rule = try known(choice.name)
    _ = try rule.numbers(choice, stepsPerEpoch: nil)
    return rule
  }

  fileprivate static func known(_ name: String) throws(CallError) -> ScheduleRule {
    if let rule = rule(name) { return rule }
    let names = rules.map(\.name)
    throw CallError(
      "unknown schedule '\(name)'", help: didYouMean(name, among: names) ?? "the schedules are \(names.joined(separator: ", "))")
  }

  /// Of the way, at most all of it.
  private static func progress(_ t: Double, _ steps: Double) -> Double { min(t / max(steps, 1), 1) }

  private static func halfCosine(from start: Double, to end: Double, _ progress: Double) -> Double {
    end + (start - end) * 0.5 * (1 + cos(Double.pi * progress))
  }
}

/// How the rate of one training changes with its steps.
package struct RateSchedule: Sendable {
  private let rule: ScheduleRule
  private let numbers: ScheduleRule.Numbers
  private let totalSteps: Double

  package init(_ choice: ScheduleChoice, stepsPerEpoch: Int, epochs: Int) throws(CallError) {
    rule = try Schedules.known(choice.name)
    numbers = try rule.numbers(choice, stepsPerEpoch: stepsPerEpoch)
    totalSteps = Double(stepsPerEpoch) * Double(epochs)
  }

  /// What the optimizer's rate is multiplied by at step number `step`, from 0. During the warm-up it grows in equal steps.
  package func factor(atStep step: Int) -> Double {
    let warmup = numbers["warmup"]
    let position = Double(step)
    let start = rule.countsFromStart ? 0 : warmup
    let factor = rule.factor(max(position - start, 0), max(totalSteps - start, 1), numbers)
    return position < warmup ? factor * (position + 1) / (warmup + 1) : factor
  }
}
