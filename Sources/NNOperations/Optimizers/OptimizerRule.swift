package import NNGraph
import NNSource

/// How a parameter moves, given its gradient. The learning rate and the step are values at run time; everything else is fixed when compiled.
package protocol OptimizerRule: Sendable {
  static var name: String { get }
  /// The names an `optimizer` line takes, with their defaults; nil where the number must be given. Every rule takes `rate` and `decay` too.
  static var parameters: [OptimizerParameter] { get }
  static var documentation: OptimizerDocumentation { get }

  /// Takes the numbers by name, all of them present.
  init(_ numbers: [String: Double]) throws(CallError)

  /// How many reals it remembers per parameter; they start at 0.
  var slots: Int { get }

  /// The parameter and its memory after a step. `step` counts from 0.
  func update(
    parameter: Value, gradient: Value, slots: [Value], rate: Value, step: Value, in graph: inout GraphBuilder
  ) -> (parameter: Value, slots: [Value])
}

package struct OptimizerParameter: Sendable {
  package var name: String
  package var standard: Double?
  /// Written as `true` or `false`; 1 or 0 here.
  package var isFlag: Bool

  package init(_ name: String, default standard: Double? = nil, isFlag: Bool = false) {
    self.name = name
    self.standard = standard
    self.isFlag = isFlag
  }

  package static let rate = OptimizerParameter("rate")
  package static let decay = OptimizerParameter("decay", default: 0)
}

package struct OptimizerDocumentation: Sendable {
  package var summary: String
  package var formula: String

  package init(_ summary: String, formula: String) {
    self.summary = summary
    self.formula = formula
  }
}

extension GraphBuilder {
  /// The gradient of a penalty on the squares of the parameter added: `decay` times the parameter.
  mutating func decayed(_ gradient: Value, _ parameter: Value, by decay: Double) -> Value {
    decay == 0 ? gradient : add(gradient, multiply(fill(decay), parameter))
  }

  /// f * old + (1 - f) * new
  mutating func moving(_ old: Value, towards new: Value, keeping factor: Double) -> Value {
    add(multiply(fill(factor), old), multiply(fill(1 - factor), new))
  }
}

func checkedDecay(_ numbers: [String: Double]) throws(CallError) -> Double {
  try checked(numbers, "decay", { $0 >= 0 && $0.isFinite }, "at least 0")
}

func checkedEpsilon(_ numbers: [String: Double]) throws(CallError) -> Double {
  try checked(numbers, "epsilon", { $0 >= 0 && $0.isFinite }, "at least 0")
}

func checkedMomentum(_ numbers: [String: Double]) throws(CallError) -> Double {
  try checked(numbers, "momentum", { $0 >= 0 && $0.isFinite }, "at least 0")
}

/// A number of an optimizer line within bounds, or the rule that it breaks.
func checked(_ numbers: [String: Double], _ name: String, _ isFine: (Double) -> Bool, _ rule: String) throws(CallError) -> Double {
  let number = numbers[name] ?? 0
  guard isFine(number) else { throw CallError("'\(name)' is \(rule), not \(number.plain)", at: name) }
  return number
}
