import Foundation
import NNGraph
import NNOperations
import NNTestSupport
import Testing

/// Ten steps of each optimizer against PyTorch's own.
@Suite struct OptimizerTests {
  struct Run: Codable, Sendable, CustomStringConvertible {
    struct Step: Codable, Sendable {
      let rate: Double
      let gradient: [Double]
      let parameter: [Double]
    }

    let name: String
    let arguments: [String: Double]
    let start: [Double]
    let steps: [Step]
    var description: String { "\(name) \(arguments.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" })" }
  }

  static func runs() throws -> [Run] {
    let path = repositoryPath("Tests/Fixtures/optimizers.json")
    return try JSONDecoder().decode([Run].self, from: Data(contentsOf: URL(fileURLWithPath: path)))
  }

  @Test(arguments: try runs())
  func stepsEqualPyTorch(_ run: Run) throws {
    let rule = try Optimizers.make(OptimizerChoice(name: run.name, arguments: run.arguments.merging(["rate": 0.1]) { first, _ in first }))
    let type = ValueType(Shape([run.start.count]), isBatched: false)
    var graph = GraphBuilder()
    let parameter = graph.source(Argument(.parameter), type)
    let gradient = graph.source(Argument(.gradient), type)
    let slots = (0..<rule.slots).map { graph.source(Argument(.slot, 0, slot: $0), type) }
    let rate = graph.source(Argument(.rate), .scalar)
    let step = graph.source(Argument(.step), .scalar)
    let updated = rule.update(parameter: parameter, gradient: gradient, slots: slots, rate: rate, step: step, in: &graph)
    #expect(updated.slots.count == rule.slots)
    var values: [Argument: [Double]] = [Argument(.parameter): run.start]
    for slot in 0..<rule.slots { values[Argument(.slot, 0, slot: slot)] = [Double](repeating: 0, count: run.start.count) }
    for (number, expected) in run.steps.enumerated() {
      values[Argument(.gradient)] = expected.gradient
      values[Argument(.rate)] = [expected.rate]
      values[Argument(.step)] = [Double(number)]
      let results = try Interpreter(graph.graph).run(values: values, batch: 1, roots: [updated.parameter] + updated.slots)
      #expect(zip(results[0], expected.parameter).allSatisfy { abs($0 - $1) < 1e-12 }, "step \(number)")
      values[Argument(.parameter)] = results[0]
      for slot in 0..<rule.slots { values[Argument(.slot, 0, slot: slot)] = results[1 + slot] }
    }
  }

  @Test func everyRuleIsCompared() throws {
    #expect(Set(try Self.runs().map(\.name)) == Set(Optimizers.rules.map { $0.name }))
  }

  @Test func momentumAloneNeedsMemory() throws {
    #expect(try Optimizers.make(OptimizerChoice(name: "sgd", arguments: ["rate": 0.1])).slots == 0)
    #expect(try Optimizers.make(OptimizerChoice(name: "sgd", arguments: ["rate": 0.1, "momentum": 0.5])).slots == 1)
    #expect(try Optimizers.make(OptimizerChoice(name: "adam", arguments: ["rate": 0.1])).slots == 2)
  }

  static let refusals: [(OptimizerChoice, String, String?, String?)] = [
    (OptimizerChoice(name: "sdg", arguments: ["rate": 1]), "unknown optimizer 'sdg'", nil, "did you mean 'sgd'?"),
    (OptimizerChoice(name: "sgd", arguments: [:]), "'sgd' needs its 'rate'", nil, "sgd(rate: 0.01)"),
    (
      OptimizerChoice(name: "sgd", arguments: ["rate": 1, "momentun": 1]), "'sgd' has no argument 'momentun'", "momentun",
      "did you mean 'momentum'?"
    ),
    (OptimizerChoice(name: "sgd", arguments: ["rate": -1]), "'rate' is at least 0, not -1", "rate", nil),
    (
      OptimizerChoice(name: "sgd", arguments: ["rate": 1, "nesterov": 1]), "'nesterov' looks ahead along the momentum, which is 0",
      "nesterov",
      "momentum: 0.9"
    ),
    (OptimizerChoice(name: "adam", arguments: ["rate": 1, "beta2": 1]), "'beta2' is at least 0 and below 1, not 1", "beta2", nil),
    (OptimizerChoice(name: "adam", arguments: ["rate": .nan]), "'rate' is at least 0, not nan", "rate", nil),
  ]

  @Test(arguments: refusals)
  func wrongChoicesAreRefused(_ choice: OptimizerChoice, _ message: String, _ parameter: String?, _ help: String?) {
    let error = #expect(throws: CallError.self) { try Optimizers.make(choice) }
    #expect(error?.message == message && error?.parameter == parameter && error?.help == help)
    #expect(error?.isUnknown == message.contains("no argument"))
  }
}
