import NNGraph
import NNOperations
import NNSource
import NNSyntax

/// A loss whose `trains` names are looked up once all parameters are made.
struct PendingLoss: Sendable {
  var name: NameSyntax
  var value: Value
  var trains: [NameSyntax]
  var range: SourceRange
}

extension Elaborator {
  mutating func declareLoss(_ loss: LossSyntax, range: SourceRange) {
    let item = evaluate(loss.value)
    guard let value = tensor(item, at: loss.value.range) else { return }
    let type = graph.type(value)
    guard type.element == .real, type.shape.rank == 0 || type.shape == [1] else {
      let what = type.element == .real ? "this has shape \(type.shape)" : "this is a class"
      report("a loss is one number per example, but \(what)", at: loss.value.range, help: "mean(...) or sum(...) makes one number of it")
      return
    }
    guard let name = resultName(loss.name, loss.value, taken: losses.map(\.name.text), standard: "loss") else { return }
    graph.name(value, name.text)
    losses.append(PendingLoss(name: name, value: value, trains: loss.trains, range: range))
  }

  mutating func declareMetric(_ name: NameSyntax?, _ expression: ExpressionSyntax, range: SourceRange) {
    let outermost = Self.outermostCall(of: expression)
    finishedCall = outermost?.range
    let item = evaluate(expression)
    finishedCall = nil
    guard let value = tensor(item, at: expression.range).map({ graph.number($0) }) else { return }
    guard let name = resultName(name, expression, taken: metrics.map(\.name) + ["loss"], standard: "metric") else { return }
    let function = outermost.flatMap { findFunction($0.function.text) == nil ? Catalogue.function($0.function.text) : nil }
    let finish = function.map { $0.metricFinish } ?? .none
    graph.name(value, name.text)
    metrics.append(Metric(name: name.text, value: value, finish: finish, range: range))
  }

  mutating func declareOutput(_ name: NameSyntax?, _ expression: ExpressionSyntax, range: SourceRange) {
    let item = evaluate(expression)
    guard let value = tensor(item, at: expression.range).map({ graph.number($0) }) else { return }
    guard let name = resultName(name, expression, taken: outputs.map(\.name), standard: "output") else { return }
    graph.name(value, name.text)
    outputs.append(NamedValue(name: name.text, value: value, range: range))
  }

  /// The name given, else that of the variable, else that of the outermost function, told apart by a number.
  private mutating func resultName(
    _ given: NameSyntax?, _ expression: ExpressionSyntax, taken: [String], standard: String
  ) -> NameSyntax? {
    if let given {
      guard !taken.contains(given.text) else {
        report("there is a result '\(given.text)' of this kind already", at: given.range, help: "give one another name")
        return nil
      }
      return given
    }
    let stem = Self.stem(of: expression) ?? standard
    let base = stem.split(separator: ".").joined(separator: "_")
    var name = base
    var count = 1
    while taken.contains(name) {
      count += 1
      name = "\(base)\(count)"
    }
    return NameSyntax(text: name, range: expression.range)
  }

  private static func stem(of expression: ExpressionSyntax) -> String? {
    switch expression.kind {
    case .name(let name): name
    case .call(let call): call.function.text
    case .pipe(_, let stages): stages.last?.function.text
    case .operations(let first, let steps): ([first] + steps.map(\.operand)).lazy.compactMap { stem(of: $0) }.first
    case .index(let base, _), .negation(let base), .power(let base, _): stem(of: base)
    case .comparison(let left, _, _): stem(of: left)
    case .number, .string, .list, .tuple, .span: nil
    }
  }

  private static func outermostCall(of expression: ExpressionSyntax) -> CallSyntax? {
    switch expression.kind {
    case .call(let call): call
    case .pipe(_, let stages): stages.last
    default: nil
    }
  }
}

// MARK: - The finished model

extension Elaborator {
  /// The model, if nothing is wrong; and all that is.
  func finish(defaultName: String) -> Elaboration {
    var elaborator = self
    return elaborator.finished(defaultName: defaultName)
  }

  private mutating func finished(defaultName: String) -> Elaboration {
    reportUnforeseen()
    reportUnknownSettings()
    checkUses()
    var model = Model(name: modelName?.text ?? defaultName, graph: graph)
    if !isStopped { model.recipe = elaborateRecipe() }
    model.losses = finishedLosses()
    model.inputs = inputs
    model.targets = targets
    model.parameters = parameters
    model.states = states
    model.metrics = metrics
    model.outputs = outputs
    model.bindings = finishedBindings()
    model.normalizations = normalizations
    model.graph = graph
    let all = (library.diagnostics + diagnostics).sortedByPosition()
    let isModel = !all.hasErrors && !isLibraryText
    return Elaboration(sources: library.sources, diagnostics: all, model: isModel ? model : nil, calls: calls)
  }

  private mutating func reportUnforeseen() {
    // What an error left out might have made them.
    guard !diagnostics.hasErrors, !library.hasSyntaxErrors else { return }
    for name in unforeseenNames where parameterNumbers[name.text] == nil {
      report("unknown parameter '\(name.text)'", at: name.range, help: didYouMean(name.text, among: parameters.map(\.name)))
    }
    guard !foreseen.isEmpty, !isStopped else { return }
    if foreseen.map(\.name) != parameters.map(\.name) || foreseen.map(\.shape) != parameters.map(\.shape) {
      report(.error("the model's parameters depend on 'weights' or on a parameter that is named before it is made", at: nil))
    }
  }

  private mutating func reportUnknownSettings() {
    guard !library.hasSyntaxErrors, !isStopped else { return }
    let names = scopes[0].values.filter { $0.value.kind == .constant }.keys
    for setting in settings.values where !appliedSettings.contains(setting.name) {
      report(.error("there is no 'let \(setting.name)' to set", at: nil, help: didYouMean(setting.name, among: names)))
    }
  }

  /// Targets are known while training only, so nothing that is computed in use may need them.
  private mutating func checkUses() {
    for output in outputs {
      if let target = neededTarget(output.value) {
        report("output '\(output.name)' needs the target '\(target)', which is not known in use", at: output.range ?? recipeRange)
      }
    }
    for state in states where state.type.isBatched {
      if let next = state.next, let target = neededTarget(next) {
        report("the next value of '\(state.name)' needs the target '\(target)', which is not known in use", at: state.range ?? recipeRange)
      }
    }
    if losses.isEmpty, let binding = scopes[0].values["loss"], binding.kind == .variable {
      warn("the model has no loss: 'loss' is bound as a name here", at: binding.range, help: "write 'loss EXPRESSION', without '='")
    }
  }

  private func neededTarget(_ value: Value) -> String? {
    let isReached = graph.graph.reachable(from: [value])
    return targets.first { isReached[$0.value.id] }?.name
  }

  private mutating func report(_ message: String, at range: SourceRange?) {
    report(.error(message, at: range))
  }

  private mutating func finishedLosses() -> [Loss] {
    losses.map { loss in
      Loss(name: loss.name.text, value: loss.value, trains: trained(by: loss), range: loss.range)
    }
  }

  /// The parameters that a loss trains; nil is all.
  private mutating func trained(by loss: PendingLoss) -> [Int]? {
    guard !loss.trains.isEmpty else { return nil }
    var numbers: Set<Int> = []
    for name in loss.trains {
      let matching = parameters.indices.filter { parameters[$0].name == name.text || parameters[$0].name.hasPrefix(name.text + ".") }
      if matching.isEmpty, !isStopped, !diagnostics.hasErrors {
        report("no parameter is called '\(name.text)', or begins with it", at: name.range, help: didYouMean(name.text, among: prefixes))
      }
      numbers.formUnion(matching)
    }
    return numbers.sorted()
  }

  private var prefixes: [String] {
    parameters.flatMap { parameter in
      let parts = parameter.name.split(separator: ".")
      return (1...parts.count).map { parts.prefix($0).joined(separator: ".") }
    }
  }

  private mutating func finishedBindings() -> [NamedValue] {
    bindingOrder.compactMap { name in
      guard let binding = scopes[0].values[name], binding.kind == .variable else { return nil }
      switch binding.item {
      case .tensor(let value): return NamedValue(name: name, value: value, range: binding.range)
      case .number(let number): return NamedValue(name: name, value: graph.fill(number), range: binding.range)
      case .list where binding.item.literalShape != nil:
        guard let value = tensor(binding.item, at: binding.range) else { return nil }
        return NamedValue(name: name, value: value, range: binding.range)
      default: return nil
      }
    }
  }
}
