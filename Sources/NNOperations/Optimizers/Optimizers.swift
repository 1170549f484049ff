package import NNGraph
import NNSource

/// Every optimizer of the language. A new one is a file and a line here.
package enum Optimizers {
  package static let rules: [any OptimizerRule.Type] = [
    Sgd.self,
    Adam.self,
    Adamw.self,
    Rmsprop.self,
    Adagrad.self,
    Adadelta.self,
  ]

  package static func rule(_ name: String) -> (any OptimizerRule.Type)? { rules.first { $0.name == name } }

  /// The rate of a rule that is chosen without one.
  package static func standardRate(_ name: String) -> Double? { rule(name)?.parameters.first { $0.name == "rate" }?.standard }

  /// The rule that an `optimizer` line chooses, its numbers checked. An error names the argument to blame, or none for the optimizer's name.
  package static func make(_ choice: OptimizerChoice) throws(CallError) -> any OptimizerRule {
    guard let rule = rule(choice.name) else {
      let known = rules.map { $0.name }
      let help = didYouMean(choice.name, among: known) ?? "the optimizers are \(known.joined(separator: ", "))"
      throw CallError("unknown optimizer '\(choice.name)'", help: help)
    }
    let names = rule.parameters.map(\.name)
    for name in choice.arguments.keys.sorted() where !names.contains(name) {
      throw CallError.unknown(name, of: choice.name, among: names)
    }
    var numbers = choice.arguments
    for parameter in rule.parameters where numbers[parameter.name] == nil {
      guard let standard = parameter.standard else {
        throw CallError("'\(choice.name)' needs its '\(parameter.name)'", help: "\(choice.name)(\(parameter.name): 0.01)")
      }
      numbers[parameter.name] = standard
    }
    _ = try checked(numbers, "rate", { $0 >= 0 && $0.isFinite }, "at least 0")
    return try rule.init(numbers)
  }
}
