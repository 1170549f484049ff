import Foundation
import NNGraph
import NNOperations
import NNTestSupport
import Testing

/// The factors of each schedule against PyTorch's own schedulers.
@Suite struct ScheduleTests {
  struct Run: Codable, Sendable, CustomStringConvertible {
    let name: String
    let arguments: [String: [Double]]
    let factors: [Double]

    var choice: ScheduleChoice {
      ScheduleChoice(name: name, arguments: arguments.mapValues { $0.map { ScheduleNumber(steps: $0) } })
    }

    var description: String { "\(name) \(arguments.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" })" }
  }

  static func runs() throws -> [Run] {
    let path = repositoryPath("Tests/Fixtures/schedules.json")
    return try JSONDecoder().decode([Run].self, from: Data(contentsOf: URL(fileURLWithPath: path)))
  }

  @Test(arguments: try runs())
  func factorsEqualPyTorch(_ run: Run) throws {
    let schedule = try RateSchedule(run.choice, stepsPerEpoch: run.factors.count, epochs: 1)
    for (step, expected) in run.factors.enumerated() { #expect(abs(schedule.factor(atStep: step) - expected) < 1e-12, "step \(step)") }
  }

  @Test func everyRuleIsCompared() throws {
    #expect(Set(try Self.runs().map(\.name)) == Set(Schedules.rules.map(\.name)))
  }

  private func factors(_ name: String, _ arguments: [String: [ScheduleNumber]], steps: [Int]) throws -> [Double] {
    let schedule = try RateSchedule(ScheduleChoice(name: name, arguments: arguments), stepsPerEpoch: 10, epochs: 2)
    return steps.map(schedule.factor)
  }

  @Test func warmupRisesInEqualSteps() throws {
    #expect(try factors("constant", ["warmup": [ScheduleNumber(steps: 4)]], steps: [0, 1, 3, 4, 5]) == [0.2, 0.4, 0.8, 1, 1])
  }

  @Test func stepsMayCountInEpochs() throws {
    let arguments = ["warmup": [ScheduleNumber(steps: -1, epochs: 0.5)]]
    #expect(try factors("constant", arguments, steps: [3, 4]) == [0.8, 1])
    let marks = ["at": [ScheduleNumber(steps: 0, epochs: 1), ScheduleNumber(steps: 15)], "factor": [ScheduleNumber(steps: 0.5)]]
    #expect(try factors("multistep", marks, steps: [9, 10, 14, 15]) == [1, 0.5, 0.5, 0.25])
  }

  /// Steps are named by their place in the training, warm-up or not.
  @Test func stepsCountFromTheStart() throws {
    let arguments = ["every": [ScheduleNumber(steps: 4)], "warmup": [ScheduleNumber(steps: 2)], "factor": [ScheduleNumber(steps: 0.5)]]
    #expect(try factors("step", arguments, steps: [1, 2, 3, 4, 8]) == [2.0 / 3, 1, 1, 0.5, 0.25])
  }

  /// Whatever the lengths, a factor is a finite number that is not negative, after the end of the training too.
  @Test(arguments: Schedules.rules.map(\.name), [1, 2, 3, 40])
  func factorsStayInBounds(name: String, steps: Int) throws {
    let needed = ["step": ["every": [ScheduleNumber(steps: 3)]], "multistep": ["at": [ScheduleNumber(steps: 2)]]]
    var arguments = needed[name] ?? (name == "exponential" ? ["factor": [ScheduleNumber(steps: 0.9)]] : [:])
    for warmup in [0.0, 1, 50] {
      arguments["warmup"] = [ScheduleNumber(steps: warmup)]
      let schedule = try RateSchedule(ScheduleChoice(name: name, arguments: arguments), stepsPerEpoch: steps, epochs: 1)
      for step in 0...2 * steps { #expect((0...1).contains(schedule.factor(atStep: step)), "step \(step), warm-up \(warmup)") }
    }
  }

  static let refusals: [(ScheduleChoice, String, String?)] = [
    (ScheduleChoice(name: "cosin", arguments: [:]), "unknown schedule 'cosin'", nil),
    (ScheduleChoice(name: "cosine", arguments: ["warmpu": []]), "'cosine' has no argument 'warmpu'", "warmpu"),
    (ScheduleChoice(name: "step", arguments: [:]), "'step' needs its 'every'", nil),
    (
      ScheduleChoice(name: "cosine", arguments: ["warmup": [ScheduleNumber(steps: -3)]]), "'warmup' is at least 0, not -3", "warmup"
    ),
    (ScheduleChoice(name: "step", arguments: ["every": [ScheduleNumber(steps: 0)]]), "'every' is above 0, not 0", "every"),
    (ScheduleChoice(name: "one_cycle", arguments: ["peak": [ScheduleNumber(steps: 1)]]), "'peak' is between 0 and 1, not 1", "peak"),
    (
      ScheduleChoice(name: "step", arguments: ["every": [ScheduleNumber(steps: 1), ScheduleNumber(steps: 2)]]),
      "'every' is one number", "every"
    ),
    (ScheduleChoice(name: "multistep", arguments: ["at": []]), "'at' is one number or more", "at"),
  ]

  @Test(arguments: refusals)
  func wrongChoicesAreRefused(_ choice: ScheduleChoice, _ message: String, _ parameter: String?) {
    let error = #expect(throws: CallError.self) { try Schedules.checked(choice) }
    #expect(error?.message == message)
    #expect(error?.parameter == parameter)
  }

  /// What counts in epochs can be judged only when there is data.
  @Test func epochsAreJudgedWithTheData() throws {
    let choice = ScheduleChoice(name: "constant", arguments: ["warmup": [ScheduleNumber(steps: -20, epochs: 1)]])
    #expect(throws: Never.self) { try Schedules.checked(choice) }
    #expect(throws: Never.self) { try RateSchedule(choice, stepsPerEpoch: 30, epochs: 1) }
    #expect(throws: CallError.self) { try RateSchedule(choice, stepsPerEpoch: 10, epochs: 1) }
  }
}
