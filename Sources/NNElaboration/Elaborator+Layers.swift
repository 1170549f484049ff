import NNGraph
import NNOperations
import NNSource
import NNSyntax

extension Elaborator {
  /// `layer N = f(a) |> g`: its arguments are evaluated here, once; its parameters are made at its first use.
  mutating func declareLayer(_ name: NameSyntax, _ expression: ExpressionSyntax, range: SourceRange) {
    let level = scopes.count - 1
    if case .layer(let number)? = scopes[level].functions[name.text] {
      report(
        "there is a layer '\(name.text)' already", at: name.range,
        notes: [.init("'\(name.text)' is declared here", at: layers[number].range)])
      return
    }
    if case .block(let block, _)? = scopes[level].functions[name.text] {
      report(
        "there is a block '\(name.text)' already", at: name.range,
        notes: [.init("'\(name.text)' is declared here", at: block.name.range)])
      return
    }
    guard let stages = stages(of: expression) else { return poisonLayer(name) }
    let outer = scopes[level].parameterPrefix.map { $0 + "." } ?? ""
    scopes[level].functions[name.text] = .layer(layers.count)
    layers.append(LayerDefinition(name: name.text, prefix: outer + name.text, stages: stages, range: name.range))
  }

  /// A layer that could not be read: its uses say no more.
  private mutating func poisonLayer(_ name: NameSyntax) {
    scopes[scopes.count - 1].functions[name.text] = .layer(layers.count)
    layers.append(LayerDefinition(name: name.text, prefix: name.text, stages: [], range: name.range))
  }

  private mutating func stages(of expression: ExpressionSyntax) -> [LayerDefinition.Stage]? {
    var calls: [CallSyntax]
    switch expression.kind {
    case .pipe(let first, let rest):
      guard let call = layerCall(first) else { return nil }
      calls = [call] + rest
    default:
      guard let call = layerCall(expression) else { return nil }
      calls = [call]
    }
    var stages: [LayerDefinition.Stage] = []
    for call in calls {
      guard isFunction(call.function) else { return nil }
      let arguments = call.arguments.map { argument($0.value, label: $0.label) }
      stages.append(LayerDefinition.Stage(function: call.function, arguments: arguments, range: call.range))
    }
    return stages
  }

  private mutating func layerCall(_ expression: ExpressionSyntax) -> CallSyntax? {
    switch expression.kind {
    case .call(let call): return call
    case .name(let name):
      return CallSyntax(function: NameSyntax(text: name, range: expression.range), arguments: [], range: expression.range)
    default:
      report("a layer is a function with its arguments, or a pipe of them", at: expression.range, help: "such as 'dense(128) |> relu'")
      return nil
    }
  }

  /// Uses a layer: the same parameters each time, counted from 1 under its name.
  mutating func use(layer number: Int, _ function: NameSyntax, _ arguments: [CallArgument]) -> Item {
    let layer = layers[number]
    guard !layer.stages.isEmpty, hasEnough(arguments, for: layer, function), enter(at: function.range) else { return .poison }
    defer { leave() }
    let outer = context
    context = NamingContext(prefix: layer.prefix + ".", isReuse: layer.uses > 0 || outer.isReuse)
    layers[number].uses += 1
    callSites.append(function)
    defer {
      callSites.removeLast()
      let met = context.met
      context = outer
      if !outer.prefix.isEmpty { context.met.formUnion(met) }
    }
    var leading = arguments
    for stage in layer.stages {
      let prefix = layer.stages.count == 1 ? layer.prefix : nil
      let item = apply(stage.function, to: leading + stage.arguments, range: stage.range, prefix: prefix)
      if item.isPoison { return .poison }
      leading = [CallArgument(item: item, range: stage.range, isPiped: true)]
    }
    return leading.first?.item ?? .poison
  }
}

extension Elaborator {
  /// Where values are missing that only the call can give, it is to blame and not the declaration.
  private mutating func hasEnough(_ arguments: [CallArgument], for layer: LayerDefinition, _ function: NameSyntax) -> Bool {
    guard let stage = layer.stages.first, findFunction(stage.function.text) == nil,
      let parameters = Catalogue.function(stage.function.text)?.parameters
    else { return true }
    let values = parameters.prefix { [.tensor, .anyTensor].contains($0.kind) && $0.standard == nil }.map(\.name)
    let required = parameters.count(where: { $0.standard == nil && !$0.isNamed })
    let all = arguments + stage.arguments
    guard arguments.count < values.count, all.count(where: { $0.label == nil }) < required,
      !all.contains(where: { argument in argument.label.map { values.contains($0.text) } ?? argument.item.isPoison })
    else { return true }
    let count = values.count == 1 ? "a value" : "\(values.count) values"
    let given = arguments.isEmpty ? "none is" : arguments.count == 1 ? "only one is" : "only \(arguments.count) are"
    report(
      "'\(function.text)' takes \(count) (\(values.joined(separator: ", "))), and \(given) given", at: function.range,
      notes: [.init("'\(layer.name)' is declared here", at: layer.range)])
    return false
  }
}

// MARK: - Blocks

extension Elaborator {
  /// Uses a block: its body once more, with fresh parameters.
  mutating func use(_ block: BlockSyntax, _ function: NameSyntax, _ arguments: [CallArgument], range: SourceRange, prefix: String?) -> Item
  {
    let counted = context.next(block.name.text)
    guard enter(at: range) else { return .poison }
    defer { leave() }
    guard let given = blockArguments(arguments, block, function) else { return .poison }
    let outerLoops = loops
    loops = LoopState()
    scopes.append(Scope(parameterPrefix: prefix ?? counted))
    callSites.append(function)
    defer {
      callSites.removeLast()
      scopes.removeLast()
      loops = outerLoops
    }
    bindParameters(of: block, given)
    if case .returns(let item) = execute(block.body) { return item }
    if isStopped || diagnostics.hasErrors || library.hasSyntaxErrors { return .poison }
    return report("block '\(block.name.text)' ends without 'return'", at: block.name.range)
  }

  /// What is given, else the default, which may use the parameters before it.
  private mutating func bindParameters(of block: BlockSyntax, _ given: [Item?]) {
    for (parameter, item) in zip(block.parameters, given) {
      bind(parameter.name, item ?? parameter.initial.map { evaluate($0) } ?? .poison, as: .variable)
    }
  }

  /// The arguments by parameter of the block; nil after an error.
  private mutating func blockArguments(_ arguments: [CallArgument], _ block: BlockSyntax, _ function: NameSyntax) -> [Item?]? {
    let names = block.parameters.map(\.name.text)
    let labels = Set(arguments.compactMap { $0.label?.text })
    var free = names.indices.filter { !labels.contains(names[$0]) }[...]
    var given = [Item?](repeating: nil, count: names.count)
    for argument in arguments {
      let place = argument.label.map { label in names.firstIndex(of: label.text) } ?? free.popFirst()
      guard let place else {
        reportExcess(argument, block, function)
        return nil
      }
      guard given[place] == nil else {
        report("'\(names[place])' is given twice", at: argument.range)
        return nil
      }
      given[place] = argument.item
    }
    guard let missing = names.indices.first(where: { given[$0] == nil && block.parameters[$0].initial == nil }) else { return given }
    report(
      "block '\(function.text)' needs '\(names[missing])'", at: function.range,
      notes: [.init("'\(function.text)' is declared here", at: block.name.range)])
    return nil
  }

  private mutating func reportExcess(_ argument: CallArgument, _ block: BlockSyntax, _ function: NameSyntax) {
    let note = Diagnostic.Note("'\(function.text)' is declared here", at: block.name.range)
    guard let label = argument.label else {
      let count = block.parameters.count
      report("block '\(function.text)' takes \(count) argument\(count == 1 ? "" : "s")", at: argument.range, notes: [note])
      return
    }
    report(
      "block '\(function.text)' has no parameter '\(label.text)'", at: label.range, notes: [note],
      help: didYouMean(label.text, among: block.parameters.map(\.name.text)))
  }
}
