import NNGraph
import Testing

@testable import NNTraining

@Suite struct RateScheduleTests {
  private func factors(_ choice: ScheduleChoice, steps: [Int]) throws -> [Double] {
    let schedule = try RateSchedule(choice, stepsPerEpoch: 10, epochs: 2, range: nil)
    return steps.map(schedule.factor)
  }

  @Test func constantStaysAndCosineFalls() throws {
    #expect(try factors(ScheduleChoice(name: "constant", arguments: [:]), steps: [0, 5, 1000]) == [1, 1, 1])
    let cosine = try factors(ScheduleChoice(name: "cosine", arguments: [:]), steps: [0, 5, 10, 15, 20, 99])
    let expected = [1, 0.853_553_390_593_273_8, 0.5, 0.146_446_609_406_726_2, 0, 0]
    for (found, wanted) in zip(cosine, expected) { #expect(abs(found - wanted) < 1e-15) }
  }

  @Test func warmupRisesInEqualSteps() throws {
    let arguments = ["warmup": [ScheduleNumber(steps: 4)]]
    #expect(try factors(ScheduleChoice(name: "constant", arguments: arguments), steps: [0, 1, 3, 4, 5]) == [0.2, 0.4, 0.8, 1, 1])
  }

  @Test func stepsMayCountInEpochs() throws {
    let arguments = ["warmup": [ScheduleNumber(steps: -1, epochs: 0.5)]]
    #expect(try factors(ScheduleChoice(name: "constant", arguments: arguments), steps: [3, 4]) == [0.8, 1])
  }

  @Test(arguments: [
    (ScheduleChoice(name: "one_cycle", arguments: [:]), "the schedule 'one_cycle' cannot be followed yet"),
    (ScheduleChoice(name: "cosine", arguments: ["warmpu": []]), "the schedule 'cosine' takes no 'warmpu'"),
    (ScheduleChoice(name: "cosine", arguments: ["warmup": [ScheduleNumber(steps: -3)]]), "'warmup' is a number of steps, not -3.0"),
  ])
  func refusesWhatItDoesNotKnow(choice: ScheduleChoice, message: String) {
    let error = #expect(throws: TrainingError.self) { try RateSchedule(choice, stepsPerEpoch: 1, epochs: 1, range: nil) }
    #expect(error?.message == message)
  }
}
