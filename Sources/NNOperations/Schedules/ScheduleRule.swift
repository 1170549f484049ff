import NNGraph
import NNSource

/// A way in which the rate changes with the steps. What it gives is a factor on the optimizer's own rate.
package struct ScheduleRule: Sendable {
  package struct Parameter: Sendable {
    enum Bounds: Sendable {
      case positive, nonNegative, part

      func contains(_ number: Double) -> Bool {
        switch self {
        case .positive: number > 0 && number.isFinite
        case .nonNegative: number >= 0 && number.isFinite
        case .part: number > 0 && number < 1
        }
      }

      var text: String {
        switch self {
        case .positive: "above 0"
        case .nonNegative: "at least 0"
        case .part: "between 0 and 1"
        }
      }
    }

    package let name: String
    /// Nil where the number must be given.
    package let standard: Double?
    package let isList: Bool
    let bounds: Bounds

    init(_ name: String, default standard: Double? = nil, _ bounds: Bounds, isList: Bool = false) {
      self.name = name
      self.standard = standard
      self.bounds = bounds
      self.isList = isList
    }

    static let warmup = Parameter("warmup", default: 0, .nonNegative)
  }

  package let name: String
  /// Besides `warmup`, which all take.
  let ownParameters: [Parameter]
  package let summary: String
  package let formula: String
  /// Where t is 0: at the first step, or at the first one after the warm-up.
  let countsFromStart: Bool
  /// The factor at step t of T.
  let factor: @Sendable (_ t: Double, _ steps: Double, _ numbers: Numbers) -> Double

  package var parameters: [Parameter] { ownParameters + [.warmup] }

  init(
    _ name: String, _ parameters: [Parameter], _ summary: String, formula: String, countsFromStart: Bool = false,
    factor: @escaping @Sendable (_ t: Double, _ steps: Double, _ numbers: Numbers) -> Double
  ) {
    self.name = name
    ownParameters = parameters
    self.summary = summary
    self.formula = formula
    self.countsFromStart = countsFromStart
    self.factor = factor
  }

  /// The arguments of a schedule in steps.
  struct Numbers: Sendable {
    var lists: [String: [Double]] = [:]

    subscript(_ name: String) -> Double { lists[name]?.first ?? 0 }
  }
}

extension ScheduleRule {
  /// The arguments of a choice, checked. Those that count in epochs are left out where nobody knows yet how long these are.
  ///
  /// - Parameter stepsPerEpoch: nil where there is no data yet.
  func numbers(_ choice: ScheduleChoice, stepsPerEpoch: Int?) throws(CallError) -> Numbers {
    let names = parameters.map(\.name)
    for name in choice.arguments.keys.sorted() where !names.contains(name) {
      throw CallError.unknown(name, of: self.name, among: names)
    }
    var numbers = Numbers()
    for parameter in parameters {
      guard let given = choice.arguments[parameter.name] else {
        guard let standard = parameter.standard else {
          throw CallError("'\(self.name)' needs its '\(parameter.name)'", help: "\(self.name)(\(parameter.name): 10 * epoch)")
        }
        numbers.lists[parameter.name] = [standard]
        continue
      }
      guard parameter.isList ? !given.isEmpty : given.count == 1 else {
        throw CallError("'\(parameter.name)' is \(parameter.isList ? "one number or more" : "one number")", at: parameter.name)
      }
      for number in given {
        guard let steps = number.resolved(stepsPerEpoch: stepsPerEpoch) else { continue }
        guard parameter.bounds.contains(steps) else {
          throw CallError("'\(parameter.name)' is \(parameter.bounds.text), not \(steps.plain)", at: parameter.name)
        }
        numbers.lists[parameter.name, default: []].append(steps)
      }
    }
    return numbers
  }
}

extension ScheduleNumber {
  fileprivate func resolved(stepsPerEpoch: Int?) -> Double? {
    if epochs == 0 { return steps }
    return stepsPerEpoch.map { steps + epochs * Double($0) }
  }
}
