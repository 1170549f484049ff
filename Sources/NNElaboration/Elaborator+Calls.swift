import NNGraph
import NNOperations
import NNSource
import NNSyntax

extension Elaborator {
  /// `f(a)`, or `x |> f(a)`, which means `f(x, a)`. Arguments first, from left to right.
  mutating func call(_ call: CallSyntax, piped: CallArgument?) -> Item {
    var arguments = piped.map { [$0] } ?? []
    for argument in call.arguments { arguments.append(self.argument(argument.value, label: argument.label)) }
    return apply(call.function, to: arguments, range: call.range)
  }

  /// A function by its name: the model's own before those of the language. `prefix` names the parameters of a layer that is just this call.
  mutating func apply(_ function: NameSyntax, to arguments: [CallArgument], range: SourceRange, prefix: String? = nil) -> Item {
    switch findFunction(function.text) {
    case .block(let block, _): return use(block, function, arguments, range: range, prefix: prefix)
    case .layer(let number): return use(layer: number, function, arguments)
    case nil: break
    }
    if let item = compileTimeCall(function, arguments) { return item }
    guard let catalogued = Catalogue.function(function.text) else { return unknown(function) }
    return apply(catalogued, function, arguments, range: range, prefix: prefix)
  }

  private mutating func unknown(_ function: NameSyntax) -> Item {
    if library.hasSyntaxErrors { return .poison }
    if let binding = find(function.text) {
      return report(
        "'\(function.text)' is \(binding.kind.rawValue), and cannot be called", at: function.range,
        notes: [.init("'\(function.text)' comes from here", at: binding.range)])
    }
    return report("unknown function '\(function.text)'", at: function.range, help: didYouMean(function.text, among: functionNames))
  }

  /// Whether there is such a function; reports it if not.
  mutating func isFunction(_ function: NameSyntax) -> Bool {
    let isKnown = findFunction(function.text) != nil || Catalogue.function(function.text) != nil
    if !isKnown { _ = unknown(function) }
    return isKnown
  }

  /// Those that are not of the catalogue, or are when their arguments are tensors.
  static let plainFunctions = ["size", "floor", "normal", "uniform"]

  var functionNames: [String] {
    Array(scopes[scopes.count - 1].functions.keys) + Array(scopes[0].functions.keys) + Catalogue.functions.map { $0.name }
      + Self.plainFunctions
  }

  /// Functions whose results are no tensors: `size(x, axis)`, `floor(7/2)`, `normal(std)`, `uniform(lo, hi)`.
  private mutating func compileTimeCall(_ function: NameSyntax, _ arguments: [CallArgument]) -> Item? {
    switch function.text {
    case "size": return size(function, arguments)
    case "floor":
      guard arguments.count == 1, case .number(let number) = arguments[0].item else { return nil }
      return .number(number.rounded(.down))
    case "normal":
      return drawn(function, arguments, ["std"]) { .normal($0[0]) }
    case "uniform":
      return drawn(function, arguments, ["lo", "hi"]) { .uniform($0[0], $0[1]) }
    default: return nil
    }
  }

  private mutating func drawn(
    _ function: NameSyntax, _ arguments: [CallArgument], _ names: [String], _ make: ([Double]) -> InitializerChoice
  ) -> Item {
    let parameters = names.map { FunctionParameter($0, .number) }
    guard let matched = match(arguments, to: parameters, of: function) else { return .poison }
    let numbers = matched.compactMap { value -> Double? in
      if case .number(let number)? = value { return number }
      return nil
    }
    guard numbers.count == names.count else { return .poison }
    if names.count == 1, numbers[0] < 0 { return report("a standard deviation cannot be \(numbers[0].plain)", at: arguments[0].range) }
    if names.count == 2, numbers[0] > numbers[1] {
      let ends = "\(numbers[0].plain) to \(numbers[1].plain)"
      return report("'uniform' goes from the lower end to the higher, not from \(ends)", at: arguments[0].range)
    }
    return .initializer(make(numbers))
  }

  private mutating func size(_ function: NameSyntax, _ arguments: [CallArgument]) -> Item {
    let parameters = [FunctionParameter("x", .anyTensor), FunctionParameter("axis", .wholeNumber)]
    guard let matched = match(arguments, to: parameters, of: function), case .value(let value)? = matched[0] else { return .poison }
    guard case .number(let number)? = matched[1] else { return .poison }
    let shape = graph.shape(value)
    let axis = number < 0 ? Int(number) + shape.rank : Int(number)
    guard axis >= 0 && axis < shape.rank else {
      return report("there is no axis \(Int(number)) in \(shape)", at: function.range, notes: origins(of: arguments))
    }
    return .number(Double(shape[axis]))
  }
}

// MARK: - Derivatives

extension Elaborator {
  /// A derivative is taken by a value that the other was computed from as it is, not by a fresh expression.
  private mutating func checkGradient(_ matched: [ArgumentValue?], _ arguments: [CallArgument], range: SourceRange) -> Bool {
    guard case .value(let output)? = matched[0], case .value(let value)? = matched[1] else { return true }
    let blamed = arguments.first { $0.label?.text == "x" } ?? arguments.last
    let place = blamed?.range ?? range
    guard spend(graph.graph.count / 16, at: range) else { return false }
    if graph.operation(value) is Source { return true }
    guard graph.operation(value) is Tap else {
      report("'gradient' is taken by a named value", at: place, help: "give it a name first, and compute with that")
      return false
    }
    guard !graph.graph.reachable(from: [output])[value.id] else { return true }
    report("the derivative by this value is 0: the other does not depend on it", at: place)
    return false
  }
}

// MARK: - Functions of the language

extension Elaborator {
  private mutating func apply(
    _ catalogued: any CatalogueFunction.Type, _ function: NameSyntax, _ arguments: [CallArgument], range: SourceRange, prefix: String?
  ) -> Item {
    let (named, rest) = takeName(from: arguments)
    guard let matched = match(rest, to: catalogued.parameters, of: function) else { return .poison }
    if catalogued.metricFinish != .none, finishedCall != range {
      return report(
        "'\(function.text)' takes its root last and can only be a whole metric", at: function.range,
        help: "write 'metric \(function.text)(...)'")
    }
    guard let prefix = callPrefix(named, function, lone: prefix), spend(at: range) else { return .poison }
    if catalogued is GradientFunction.Type, !checkGradient(matched, rest, range: range) { return .poison }
    graph.range = range
    var call = FunctionCall(
      graph: graph.taken(), parameters: catalogued.parameters, arguments: matched, scope: parameterScope(prefix), nextSite: nextSite)
    let outcome = Self.outcome { () throws(CallError) in try Catalogue.evaluate(catalogued, &call) }
    graph = call.graph
    nextSite = call.nextSite
    switch outcome {
    case .failure(let error): return broken(error, function, rest, catalogued.parameters)
    case .success(let values):
      keep(call.scope, function, named: named, range: range)
      calls.append(CallRecord(function: catalogued, prefix: prefix, arguments: call.arguments, results: values))
      return spend(0, at: range) ? result(values, of: rest) : .poison
    }
  }

  private static func outcome(_ body: () throws(CallError) -> [Value]) -> Result<[Value], CallError> {
    do { return .success(try body()) } catch { return .failure(error) }
  }

  /// Reports a rule that a call broke, at the argument to blame.
  private mutating func broken(
    _ error: CallError, _ function: NameSyntax, _ arguments: [CallArgument], _ parameters: [FunctionParameter]
  ) -> Item {
    let blamed = error.parameter.flatMap { name in
      zip(arguments, assignment(of: arguments, to: parameters)).first { $0.1.map { parameters[$0].name } == name }?.0
    }
    let place = blamed.flatMap { $0.isPiped ? nil : $0.range } ?? function.range
    return report(error.message, at: place, notes: origins(of: arguments), help: error.help)
  }

  /// Elementwise functions of numbers give numbers.
  private func result(_ values: [Value], of arguments: [CallArgument]) -> Item {
    guard values.count == 1 else { return .tuple(values.map { .tensor($0) }) }
    if !arguments.isEmpty, arguments.allSatisfy(\.item.isNumber), graph.type(values[0]) == .scalar, let number = graph.constant(values[0]),
      number.isFinite
    {
      return .number(number)
    }
    return .tensor(values[0])
  }

  /// `name: "head"` names a layer's parameters.
  private mutating func takeName(from arguments: [CallArgument]) -> (name: CallArgument?, rest: [CallArgument]) {
    guard let index = arguments.firstIndex(where: { $0.label?.text == "name" }) else { return (nil, arguments) }
    var rest = arguments
    return (rest.remove(at: index), rest)
  }

  private mutating func callPrefix(_ named: CallArgument?, _ function: NameSyntax, lone: String?) -> String? {
    let counted = context.next(function.text)
    guard let named else { return lone ?? counted }
    guard case .text(let name) = named.item, Self.isName(name) else {
      if !named.item.isPoison { report("'name' is a text of letters, digits and '_', such as \"head\"", at: named.range) }
      return nil
    }
    return context.prefix + name
  }

  private static func isName(_ text: String) -> Bool {
    let letters = text.unicodeScalars
    guard let first = letters.first, !("0"..."9").contains(first), letters.count <= SyntaxLimit.nameLength else { return false }
    return letters.allSatisfy { $0 == "_" || ($0.isASCII && ($0.properties.isAlphabetic || ("0"..."9").contains($0))) }
  }

  private func parameterScope(_ prefix: String) -> ParameterScope {
    var known: [String: Parameter] = [:]
    if context.isReuse {
      for number in parameterGroups[prefix] ?? [] where !context.met.contains(parameters[number].name) {
        known[parameters[number].name] = parameters[number]
      }
    }
    let statistics = context.isReuse ? (statisticGroups[prefix] ?? []).map { states[$0] } : []
    return ParameterScope(
      prefix: prefix, known: known, firstIndex: parameters.count, statistics: statistics, stateCount: states.count)
  }

  /// Takes over the parameters and saved statistics that a call made.
  private mutating func keep(_ scope: ParameterScope, _ function: NameSyntax, named: CallArgument?, range: SourceRange) {
    if let named, scope.created.isEmpty, scope.known.isEmpty {
      report("'\(function.text)' has no parameters to name", at: named.label.map { $0.range.union(named.range) } ?? named.range)
    }
    for name in scope.known.keys { context.met.insert(name) }
    for slot in scope.statistics { keep(slot, of: scope.prefix, at: named?.range ?? function.range) }
    guard !scope.created.isEmpty else { return }
    parameterGroups[scope.prefix, default: []] += parameters.count..<(parameters.count + scope.created.count)
    add(scope.created, at: named?.range ?? function.range)
    if loops.forDepth > 0, context.prefix.isEmpty, !loops.callsWithParameters.insert(range).inserted {
      warn(
        "'\(function.text)' makes new parameters at each turn of this loop", at: function.range,
        help: "to share them, declare it before the loop: 'layer cell = \(function.text)(...)'")
    }
  }
}

extension Elaborator {
  /// A new saved statistic, or where a use moves a known one to.
  private mutating func keep(_ slot: StateSlot, of prefix: String, at range: SourceRange) {
    if let number = stateNumbers[slot.value] {
      states[number].next = slot.next
    } else {
      statisticGroups[prefix, default: []].append(states.count)
      add(slot, at: range)
    }
  }
}

extension GraphBuilder {
  /// The graph itself, leaving an empty one: handing it on without a copy.
  mutating func taken() -> GraphBuilder {
    let graph = self
    self = GraphBuilder()
    return graph
  }
}
