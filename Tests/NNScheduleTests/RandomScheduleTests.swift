import NNGraph
import NNOperations
import NNSchedule
import NNTestSupport
import Testing

/// Scheduled programs against the plain interpreter of their graphs.
struct RandomScheduleTests {
  @Test(arguments: 0..<400)
  func schedulesComputeWhatTheirGraphsSay(seed: Int) throws {
    let model = RandomModel.make(seed: UInt64(seed), operations: 4 + seed % 20)
    let optimizer = try Sgd(["rate": 0.1, "momentum": 0.9, "nesterov": 0, "decay": 0.01])
    let builder = EntryBuilder(model, optimizer: optimizer, batch: 5)
    for kind in [EntryKind.infer, .loss, .grad, .step, .gradInputs, .hvp, .inspect] where builder.obstacle(kind) == nil {
      try check(builder.program(kind), batch: 5, examples: 1 + seed % 5, title: "seed \(seed) \(kind.rawValue)")
    }
  }

  /// Each example on its own where the schedule allows it, the last one first.
  @Test func stretchesComputeWhatTheirGraphsSay() throws {
    var count = 0
    for seed in 0..<150 {
      let model = RandomModel.make(seed: UInt64(seed), operations: 4 + seed % 20)
      let builder = EntryBuilder(model, optimizer: try Sgd(["rate": 0.1, "momentum": 0.9, "nesterov": 0, "decay": 0.01]), batch: 40)
      for kind in [EntryKind.infer, .grad, .gradInputs, .hvp] where builder.obstacle(kind) == nil {
        let program = builder.program(kind)
        let schedule = Scheduler.schedule(program, batch: 40, leastShared: 0)
        count += schedule.stretches.count
        try check(program, schedule, examples: 2 + seed % 3, title: "seed \(seed) \(kind.rawValue)")
      }
    }
    #expect(count > 100)
  }

  private func check(_ program: EntryProgram, batch: Int, examples: Int, title: String) throws {
    try check(program, Scheduler.schedule(program, batch: batch), examples: examples, title: title)
  }

  private func check(_ program: EntryProgram, _ schedule: Schedule, examples: Int, title: String) throws {
    #expect(GraphVerifier(allowsModes: false).problems(in: program.graph) == [], "\(title)")
    let arguments = randomArguments(program.graph, batch: examples)
    var interpreter = ScheduleInterpreter(schedule, batch: examples, arguments: arguments)
    let result = interpreter.run()
    let expected = try Interpreter(program.graph).run(values: arguments, batch: examples, roots: program.roots)
    if program.result != nil { expectClose(result.value ?? .nan, expected[0][0], title) }
    for (store, numbers) in zip(program.stores, expected.suffix(program.stores.count)) {
      let written = result.written[store.destination] ?? [:]
      #expect(written.count == numbers.count, "\(title) \(store.destination)")
      for (place, number) in numbers.enumerated() { expectClose(written[place] ?? .nan, number, "\(title) \(store.destination)[\(place)]") }
    }
  }

  private func expectClose(_ actual: Double, _ expected: Double, _ title: String) {
    #expect(abs(actual - expected) <= 1e-9 * max(1, abs(expected)), "\(title)")
  }

  private func randomArguments(_ graph: Graph, batch: Int) -> [Argument: [Double]] {
    var numbers = SeededNumbers(seed: 99)
    var arguments: [Argument: [Double]] = [:]
    for node in graph.nodes {
      guard case .source(let argument) = node.operation.lowering else { continue }
      switch argument.role {
      case .batchSize: arguments[argument] = [Double(batch)]
      case .rate: arguments[argument] = [0.1]
      case .step: arguments[argument] = [3]
      default:
        let count = node.type.shape.count * (node.type.isBatched ? batch : 1)
        if case .integer(let classes) = node.type.element {
          arguments[argument] = (0..<count).map { _ in Double(Int.random(in: 0..<classes, using: &numbers)) }
        } else {
          arguments[argument] = (0..<count).map { _ in numbers.uniform(-1...1) }
        }
      }
    }
    return arguments
  }
}
