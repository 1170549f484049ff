import NNGraph
import NNOperations
import NNSource
import NNSyntax

extension Elaborator {
  /// `let`, unless the command line sets it.
  mutating func declareConstant(_ name: NameSyntax, _ value: ExpressionSyntax) {
    if let setting = settings.values.first(where: { $0.name == name.text }), !isInBlock {
      appliedSettings.insert(name.text)
      let item = setting.value.map { evaluate($0) } ?? .poison
      bind(name, constant(item, at: setting.value?.range ?? name.range), as: .constant)
    } else {
      bind(name, constant(evaluate(value), at: value.range), as: .constant)
    }
  }

  private mutating func constant(_ item: Item, at range: SourceRange) -> Item {
    switch item {
    case .tensor(let value) where graph.constant(value).map { !$0.isFinite } ?? false:
      report("the value of a 'let' is a finite number", at: range)
    case .tensor(let value):
      report(
        "'let' takes a number known at compile time, not a value of shape \(graph.shape(value))", at: range, help: "leave 'let' out")
    case .tuple, .weights, .initializer: report("'let' takes a number, not \(item.description(in: graph))", at: range)
    default: item
    }
  }

  mutating func declarePort(_ name: NameSyntax, _ syntax: TypeSyntax, as kind: Binding.Kind) {
    guard let type = type(syntax) else { return bind(name, .poison, as: kind) }
    let isInput = kind == .input
    let value = graph.source(Argument(isInput ? .input : .target, isInput ? inputs.count : targets.count), type)
    let port = Port(name: name.text, type: type, value: value, range: name.range)
    if isInput { inputs.append(port) } else { targets.append(port) }
    let isNormalized = isInput && type.element == .real && normalization != nil
    bind(name, .tensor(isNormalized ? normalized(port) : value), as: kind)
  }

  private mutating func type(_ syntax: TypeSyntax) -> ValueType? {
    let shape = syntax.shape.map { self.shape($0) } ?? .scalar
    var element = ElementType.real
    if let classes = syntax.classes {
      guard let count = wholeNumber(evaluate(classes), "the number of classes", at: classes.range) else { return nil }
      guard count >= 1 else {
        report("there cannot be \(count) classes", at: classes.range)
        return nil
      }
      element = .integer(classes: count)
    }
    return shape.map { ValueType($0, isBatched: true, element: element) }
  }

  /// A shape of at least one element, within the limits.
  private mutating func shape(_ syntax: ShapeSyntax) -> Shape? {
    var extents: [Int] = []
    var isGood = true
    for extent in syntax.extents {
      let number = wholeNumber(evaluate(extent), "an extent", at: extent.range)
      if let number, number < 1 { report("an extent is at least 1, not \(number)", at: extent.range) }
      isGood = isGood && (number ?? 0) >= 1
      extents.append(number ?? 1)
    }
    guard isGood else { return nil }
    do {
      try graph.checkSize(ValueType(Shape(extents), isBatched: true))
    } catch {
      report(error.message, at: syntax.range)
      return nil
    }
    return Shape(extents)
  }

  /// The name of a parameter or state in files: within a block with the name of its use.
  private func fullName(_ name: NameSyntax) -> String {
    scopes[scopes.count - 1].parameterPrefix.map { "\($0).\(name.text)" } ?? name.text
  }

  mutating func declareParameter(_ variable: VariableSyntax) {
    let name = fullName(variable.name)
    guard let (shape, initial) = start(of: variable) else { return bind(variable.name, .poison, as: .parameter) }
    if let known = reusable(name) {
      guard known.shape == shape else {
        report("'\(name)' is \(known.shape) at its first use, but would be \(shape) here", at: variable.name.range)
        return bind(variable.name, .poison, as: .parameter)
      }
      return bind(variable.name, .tensor(known.value), as: .parameter)
    }
    let value = graph.source(Argument(.parameter, parameters.count), ValueType(shape, isBatched: false))
    graph.name(value, name)
    add([Parameter(name: name, shape: shape, initial: initial, value: value, range: variable.name.range)], at: variable.name.range)
    bind(variable.name, .tensor(value), as: .parameter)
  }

  mutating func declareState(_ variable: VariableSyntax) {
    guard let (shape, initial) = start(of: variable) else { return bind(variable.name, .poison, as: .state) }
    let type = ValueType(shape, isBatched: true)
    let value = graph.source(Argument(.state, states.count), type)
    let name = fullName(variable.name)
    graph.name(value, name)
    let slot = StateSlot(name: name, type: type, initial: initial, value: value, next: nil, range: variable.name.range)
    add(slot, at: variable.name.range)
    bind(variable.name, .tensor(value), as: .state)
  }

  /// A new state, under a name that is new too.
  mutating func add(_ slot: StateSlot, at range: SourceRange) {
    if let number = stateNames.updateValue(states.count, forKey: slot.name) {
      let note = states[number].range.map { Diagnostic.Note("the other is made here", at: $0) }
      report("there are two states '\(slot.name)'", at: range, notes: [note].compactMap { $0 })
    }
    stateNumbers[slot.value] = states.count
    states.append(slot)
  }

  /// Shape and initial value of a parameter or state.
  private mutating func start(of variable: VariableSyntax) -> (Shape, Initializer)? {
    let declared = variable.shape.map { shape($0) }
    let item = evaluate(variable.initial)
    guard let choice = initializer(item, at: variable.initial.range) else { return nil }
    let given: Shape? =
      switch choice {
      case .literal(_, let shape): shape
      case .number: .scalar
      default: nil
      }
    switch declared {
    case .some(nil): return nil
    case .some(let shape?): return resolved(choice, shape, variable)
    case nil:
      guard let given else {
        report("'\(variable.name.text)' needs a shape", at: variable.name.range, help: "write '\(variable.name.text): [10] = ...'")
        return nil
      }
      return resolved(choice, given, variable)
    }
  }

  private mutating func resolved(_ choice: InitializerChoice, _ shape: Shape, _ variable: VariableSyntax) -> (Shape, Initializer)? {
    let fanIn = shape.rank < 2 ? shape.count : shape.count / shape[0]
    if let initial = choice.resolved(shape: shape, fanIn: fanIn) { return (shape, initial) }
    if case .literal(_, let given) = choice {
      report("'\(variable.name.text)' is \(shape), but its initial value is \(given)", at: variable.initial.range)
    }
    return nil
  }

  /// `next N = EXPR`
  mutating func advance(_ name: NameSyntax, _ expression: ExpressionSyntax) {
    let item = evaluate(expression)
    guard let binding = find(name.text), binding.kind == .state else {
      if library.hasSyntaxErrors { return }
      let known = scopes[scopes.count - 1].values.filter { $0.value.kind == .state }.keys
      report(
        "there is no state '\(name.text)'", at: name.range,
        help: didYouMean(name.text, among: known) ?? "declare it: 'state \(name.text): [1] = 0'")
      return
    }
    guard case .tensor(let state) = binding.item, let number = stateNumbers[state] else { return }
    if states[number].next != nil {
      report("'\(name.text)' has a next value already", at: name.range, notes: [.init("the state is declared here", at: binding.range)])
      return
    }
    guard let value = tensor(item, at: expression.range).map({ graph.number($0) }) else { return }
    let type = states[number].type
    guard graph.shape(value).broadcast(with: type.shape) == type.shape else {
      report(
        "the next value of '\(name.text)' must be \(type.shape), but this is \(graph.shape(value))", at: expression.range,
        notes: [.init("'\(name.text)' is declared here", at: binding.range)])
      return
    }
    states[number].next = graph.expand(value, to: type)
  }
}

// MARK: - Parameters

extension Elaborator {
  /// A parameter that an earlier use of the same layer made.
  mutating func reusable(_ name: String) -> Parameter? {
    guard context.isReuse, let number = parameterNumbers[name], context.met.insert(name).inserted else { return nil }
    return parameters[number]
  }

  /// New parameters, under names that are new too.
  mutating func add(_ created: [Parameter], at range: SourceRange) {
    for parameter in created {
      if let number = parameterNumbers[parameter.name] {
        let known = parameters[number].range.map { Diagnostic.Note("the other is made here", at: $0) }
        report("there are two parameters '\(parameter.name)'", at: range, notes: [known].compactMap { $0 }, help: "give one another name")
      }
      parameterNumbers[parameter.name] = parameters.count
      context.met.insert(parameter.name)
      parameters.append(parameter)
    }
  }

  /// `weights`: every trained parameter of rank 2 or more.
  mutating func weights() -> [Value] {
    let made = parameters.filter { $0.shape.rank >= 2 }
    fewestWeights = min(fewestWeights ?? made.count, made.count)
    guard !foreseen.isEmpty else { return made.map(\.value) }
    return foreseen.indices.filter { foreseen[$0].shape.rank >= 2 }.map { foreseenValue($0) }
  }

  /// A parameter that may not be made yet; making it later gives this very value.
  private mutating func foreseenValue(_ number: Int) -> Value {
    let parameter = foreseen[number]
    let value = graph.source(Argument(.parameter, number), ValueType(parameter.shape, isBatched: false))
    graph.name(value, parameter.name)
    return value
  }

  /// A parameter by its full name.
  mutating func parameter(named name: NameSyntax) -> Item {
    if let number = parameterNumbers[name.text] { return .tensor(parameters[number].value) }
    if let number = foreseen.firstIndex(where: { $0.name == name.text }) { return .tensor(foreseenValue(number)) }
    unforeseenNames.append(name)
    return .poison
  }

  /// Whether something was named before it was made, so that another elaboration, which knows it, is due.
  var needsForesight: Bool {
    guard !diagnostics.hasErrors, !isStopped else { return false }
    let weights = parameters.count { $0.shape.rank >= 2 }
    return unforeseenNames.contains { parameterNumbers[$0.text] != nil } || (fewestWeights ?? weights) < weights
  }
}
