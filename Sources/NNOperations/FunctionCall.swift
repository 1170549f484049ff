package import NNGraph
import NNSource

/// A call whose arguments have been matched to the function's parameters and evaluated. The function builds its graph here.
package struct FunctionCall: Sendable {
  package var graph: GraphBuilder
  /// By parameter; nil where it was left out.
  package var arguments: [ArgumentValue?]
  package let parameters: [FunctionParameter]
  package var scope: ParameterScope
  /// The next random site, in the order of the source.
  package var nextSite: Int

  package init(graph: GraphBuilder, parameters: [FunctionParameter], arguments: [ArgumentValue?], scope: ParameterScope, nextSite: Int) {
    self.graph = graph
    self.parameters = parameters
    self.arguments = arguments
    self.scope = scope
    self.nextSite = nextSite
  }
}

package enum ArgumentValue: Sendable {
  case value(Value)
  case values([Value])
  case number(Double)
  case flag(Bool)
  case list([Int])
  case name(String)
  case initializer(InitializerChoice)
}

/// A rule that a call broke. `parameter` says which argument to underline; nil is the whole call.
package struct CallError: Error, Hashable, Sendable {
  package var message: String
  package var parameter: String?
  package var help: String?
  /// Whether there is no such parameter: then its name is wrong, not its value.
  package var isUnknown = false

  package init(_ message: String, at parameter: String? = nil, help: String? = nil) {
    self.message = message
    self.parameter = parameter
    self.help = help
  }

  static func unknown(_ parameter: String, of function: String, among known: [String]) -> CallError {
    let help = didYouMean(parameter, among: known) ?? "it takes \(known.joined(separator: ", "))"
    var error = CallError("'\(function)' has no argument '\(parameter)'", at: parameter, help: help)
    error.isUnknown = true
    return error
  }
}

/// Where a layer's parameters and saved statistics get their names, and which exist already because a named layer is used again.
package struct ParameterScope: Sendable {
  /// Such as `dense1` or `embed.dense1`.
  package var prefix: String
  /// Of the whole model so far, by full name.
  package var known: [String: Parameter]
  /// New ones, in order; their index in the model is `firstIndex` and up.
  package var created: [Parameter] = []
  package var firstIndex: Int
  /// Those of this layer, known ones first. A new one's index among the model's states is its place after `firstStatistic`.
  package var statistics: [StateSlot]
  private let firstStatistic: Int

  package init(
    prefix: String, known: [String: Parameter] = [:], firstIndex: Int = 0, statistics: [StateSlot] = [], stateCount: Int = 0
  ) {
    self.prefix = prefix
    self.known = known
    self.firstIndex = firstIndex
    self.statistics = statistics
    firstStatistic = stateCount - statistics.count
  }

  fileprivate var nextStatistic: Int { firstStatistic + statistics.count }
}

extension FunctionCall {
  private func argument(_ name: String) -> ArgumentValue? {
    parameters.firstIndex { $0.name == name }.flatMap { arguments[$0] }
  }

  package func isGiven(_ name: String) -> Bool { argument(name) != nil }

  package func value(_ name: String) -> Value {
    guard case .value(let value)? = argument(name) else { preconditionFailure("internal: '\(name)' was not matched") }
    return value
  }

  package func optionalValue(_ name: String) -> Value? {
    if case .value(let value)? = argument(name) { return value }
    return nil
  }

  package func values(_ name: String) -> [Value] {
    switch argument(name) {
    case .values(let values): values
    case .value(let value): [value]
    default: []
    }
  }

  package func number(_ name: String, default standard: Double = 0) -> Double {
    if case .number(let number)? = argument(name) { return number }
    return standard
  }

  /// Whole numbers are checked to be whole, and within ±2^31, when arguments are matched.
  package func wholeNumber(_ name: String, default standard: Int = 0) -> Int {
    if case .number(let number)? = argument(name) { return Int(number) }
    return standard
  }

  package func flag(_ name: String, default standard: Bool) -> Bool {
    if case .flag(let flag)? = argument(name) { return flag }
    return standard
  }

  package func list(_ name: String) -> [Int]? {
    switch argument(name) {
    case .list(let list): list
    case .number(let number): [Int(number)]
    default: nil
    }
  }

  package func word(_ name: String) -> String? {
    if case .name(let word)? = argument(name) { return word }
    return nil
  }

  package func initializer(_ name: String = "init") -> InitializerChoice? {
    if case .initializer(let choice)? = argument(name) { return choice }
    return nil
  }

  package func type(_ name: String) -> ValueType { graph.type(value(name)) }

  /// Makes a node; a broken rule of shapes is blamed on the argument of the same ordinal.
  package mutating func node(_ operation: some Operation, _ inputs: [Value]) throws(CallError) -> Value {
    do {
      return try graph.checked(operation, inputs)
    } catch {
      let blamed = error.input.flatMap { parameters.indices.contains($0) ? parameters[$0].name : nil }
      throw CallError(error.message, at: blamed, help: error.help)
    }
  }

  /// The axes that `axis:` names, counted from the end where negative; all of them where it is left out.
  package func axes(_ name: String = "axis", of tensor: String) throws(CallError) -> [Int] {
    let shape = type(tensor).shape
    guard let given = list(name) else { return Array(0..<shape.rank) }
    return try resolved(given, rank: shape.rank, described: "\(shape)", at: name).sorted()
  }

  /// Axes in the order given, counted from 0.
  package func resolved(_ given: [Int], rank: Int, described: String, at name: String) throws(CallError) -> [Int] {
    var axes: [Int] = []
    for axis in given {
      let resolved = axis < 0 ? axis + rank : axis
      guard resolved >= 0 && resolved < rank else { throw CallError("there is no axis \(axis) in \(described)", at: name) }
      guard !axes.contains(resolved) else { throw CallError("axis \(axis) is named twice", at: name) }
      axes.append(resolved)
    }
    return axes
  }

  /// A trained parameter of this layer: made at the first use, found again at the next ones.
  package mutating func parameter(_ role: String, _ shape: Shape, initial: Initializer) throws(CallError) -> Value {
    let name = "\(scope.prefix).\(role)"
    if let known = scope.known[name] {
      guard known.shape == shape else {
        throw CallError(
          "'\(name)' is \(known.shape) at its first use, but would be \(shape) here",
          help: "a named layer takes the same shape at every use")
      }
      return known.value
    }
    guard Shape.checkedCount(shape.dimensions) != nil else { throw CallError("'\(name)' of shape \(shape) is too large") }
    let index = scope.firstIndex + scope.created.count
    let value = graph.source(Argument(.parameter, index), ValueType(shape, isBatched: false))
    graph.name(value, name)
    let parameter = Parameter(name: name, shape: shape, initial: initial, value: value, range: graph.range)
    scope.created.append(parameter)
    scope.known[name] = parameter
    return value
  }

  /// A saved statistic of this layer: one tensor for the whole model, which each training call moves towards what it measures, by `momentum`.
  /// Where a named layer is used again, that use moves it on from there. Returned is its value before the call.
  package mutating func statistic(_ role: String, initial: Double, measured: Value, momentum: Double) -> Value {
    let name = "\(scope.prefix).\(role)"
    let type = ValueType(graph.shape(measured), isBatched: false)
    let place = scope.statistics.firstIndex { $0.name == name } ?? newStatistic(name, type, initial)
    let slot = scope.statistics[place]
    let kept = graph.multiply(graph.fill(1 - momentum), slot.next ?? slot.value)
    scope.statistics[place].next = graph.add(kept, graph.multiply(graph.fill(momentum), measured))
    return slot.value
  }

  private mutating func newStatistic(_ name: String, _ type: ValueType, _ initial: Double) -> Int {
    let value = graph.source(Argument(.state, scope.nextStatistic), type)
    graph.name(value, name)
    scope.statistics.append(StateSlot(name: name, type: type, initial: .constant(initial), value: value, next: nil, range: graph.range))
    return scope.statistics.count - 1
  }

  /// A parameter that starts as `init:` says, or else as `standard` does.
  package mutating func weight(
    _ role: String, _ shape: Shape, fanIn: Int, default standard: InitializerChoice
  ) throws(CallError) -> Value {
    guard let initial = (initializer() ?? standard).resolved(shape: shape, fanIn: fanIn) else {
      throw CallError("'init' has another shape than '\(role)', \(shape)", at: "init")
    }
    return try parameter(role, shape, initial: initial)
  }

  /// Holds what a call is about to make to the limits on one tensor.
  func checkResult(_ shape: Shape) throws(CallError) {
    guard Shape.checkedCount(shape.dimensions) != nil else { throw CallError("a result of shape \(shape) is too large") }
  }

  package mutating func takeSite() -> Int {
    defer { nextSite += 1 }
    return nextSite
  }
}

/// How a parameter starts, as written; fans are known only at the layer.
package enum InitializerChoice: Hashable, Sendable {
  case number(Double)
  case literal([Double], Shape)
  case normal(Double)
  case uniform(Double, Double)
  /// Normal with standard deviation sqrt(2 / fan in).
  case he
  /// Normal with standard deviation sqrt(1 / fan in).
  case xavier
  case zeros
  case ones

  /// Nil where a literal's shape is not the parameter's.
  package func resolved(shape: Shape, fanIn: Int) -> Initializer? {
    switch self {
    case .number(let number): .constant(number)
    case .literal(let values, let given): given == shape ? .literal(values) : nil
    case .normal(let deviation): .normal(deviation)
    case .uniform(let low, let high): .uniform(low, high)
    case .he: .normal((2 / Double(max(fanIn, 1))).squareRoot())
    case .xavier: .normal((1 / Double(max(fanIn, 1))).squareRoot())
    case .zeros: .constant(0)
    case .ones: .constant(1)
    }
  }
}
