import NNGraph
import NNSource
import NNSyntax

/// What a statement says about the ones after it.
enum Flow {
  case goesOn
  /// A block is done, with this result.
  case returns(Item)
}

/// Where in loops the elaboration is.
struct LoopState: Sendable {
  /// Of each `ys = for`, what its turns have yielded; nil for a turn that has not yet.
  var yields: [[Item]] = []
  /// `for`s around this place, in the same block.
  var forDepth = 0
  /// Calls that made parameters within a `for`.
  var callsWithParameters: Set<SourceRange> = []
}

extension Elaborator {
  mutating func execute(_ statements: [StatementSyntax]) -> Flow {
    for statement in statements {
      guard spend(at: statement.range) else { return .goesOn }
      if case .returns(let item) = execute(statement) { return .returns(item) }
    }
    return .goesOn
  }

  private mutating func execute(_ statement: StatementSyntax) -> Flow {
    graph.range = statement.range
    if isInBlock, let word = Self.wordOfTheModel(statement) {
      report("'\(word)' belongs to the model and cannot stand in a block", at: statement.range)
      return .goesOn
    }
    switch statement.kind {
    case .use, .constant, .block, .model: break
    default: isLibraryText = false
    }
    switch statement.kind {
    case .binding(let binding): bind(binding)
    case .loop(let count, let body): return repeats(count, body, range: statement.range)
    case .forLoop(let loop): return runs(loop, range: statement.range, yields: false).flow
    case .condition(let condition): return branches(condition)
    case .yield(let value): yield(value, range: statement.range)
    case .return(let value): return returns(value, range: statement.range)
    default: declare(statement)
    }
    return .goesOn
  }

  /// What cannot be told apart from use to use of a block.
  private static func wordOfTheModel(_ statement: StatementSyntax) -> String? {
    switch statement.kind {
    case .model: "model"
    case .use: "use"
    case .input: "input"
    case .target: "target"
    case .block: "block"
    case .loss: "loss"
    case .metric: "metric"
    case .output: "output"
    case .train: "train"
    default: nil
    }
  }

  private mutating func declare(_ statement: StatementSyntax) {
    switch statement.kind {
    case .model(let name): declareModel(name)
    case .use(let path): use(path)
    case .constant(let name, let value): declareConstant(name, value)
    case .input(let name, let type): declarePort(name, type, as: .input)
    case .target(let name, let type): declarePort(name, type, as: .target)
    case .parameter(let variable): declareParameter(variable)
    case .state(let variable): declareState(variable)
    case .next(let name, let value): advance(name, value)
    case .layer(let name, let value): declareLayer(name, value, range: statement.range)
    case .loss(let loss): declareLoss(loss, range: statement.range)
    case .metric(let name, let value): declareMetric(name, value, range: statement.range)
    case .output(let name, let value): declareOutput(name, value, range: statement.range)
    case .train(let lines): declareRecipe(lines, range: statement.range)
    default: break
    }
  }

  private mutating func declareModel(_ name: NameSyntax) {
    if let known = modelName {
      report("the model has a name already", at: name.range, notes: [.init("it is given here", at: known.range)])
    } else {
      modelName = name
    }
  }

  private mutating func bind(_ binding: BindingSyntax) {
    let item: Item
    let range: SourceRange
    switch binding.value {
    case .expression(let expression): (item, range) = (evaluate(expression), expression.range)
    case .loop(let loop, let place): (item, range) = (runs(loop, range: place, yields: true).result, place)
    }
    let items = parts(of: item, count: binding.names.count, range: range)
    for (name, item) in zip(binding.names, items) { bind(name, checkedValue(item, at: range), as: .variable) }
  }

  /// Words mean something as arguments only.
  private mutating func checkedValue(_ item: Item, at range: SourceRange) -> Item {
    if case .word(let word) = item { return report("'\(word)' has no value here", at: range) }
    return item
  }

  /// A result taken apart for so many names.
  private mutating func parts(of item: Item, count: Int, range: SourceRange) -> [Item] {
    let poison = [Item](repeating: .poison, count: count)
    switch item {
    case .poison: return poison
    case .tuple(let items):
      guard items.count != count else { return items }
      let names = (1...items.count).map { "a\($0)" }.joined(separator: ", ")
      report("this gives \(items.count) values, for \(count) \(count == 1 ? "name" : "names")", at: range, help: "write '(\(names)) = ...'")
      return poison
    default:
      guard count != 1 else { return [item] }
      report("this gives 1 value, for \(count) names", at: range)
      return poison
    }
  }
}

// MARK: - Loops and branches

extension Elaborator {
  private mutating func repeats(_ count: ExpressionSyntax, _ body: [StatementSyntax], range: SourceRange) -> Flow {
    let item = evaluate(count)
    guard let turns = wholeNumber(item, "the count of 'repeat'", at: count.range) else {
      poisonNames(in: body)
      return .goesOn
    }
    guard turns >= 0 else {
      report("'repeat' cannot turn \(turns) times", at: count.range)
      return .goesOn
    }
    for _ in 0..<turns {
      guard spend(at: range) else { return .goesOn }
      if case .returns(let item) = nested(body, range: range) { return .returns(item) }
    }
    return .goesOn
  }

  private mutating func nested(_ body: [StatementSyntax], range: SourceRange) -> Flow {
    guard enter(at: range) else { return .goesOn }
    defer { leave() }
    return execute(body)
  }

  private mutating func runs(_ loop: ForSyntax, range: SourceRange, yields: Bool) -> (flow: Flow, result: Item) {
    guard let items = loopItems(loop.items) else {
      poisonNames(in: loop.body)
      return (.goesOn, .poison)
    }
    loops.forDepth += 1
    defer { loops.forDepth -= 1 }
    var collected: [Item] = []
    for item in items {
      guard spend(at: range) else { return (.goesOn, .poison) }
      bind(loop.variable, item, as: .counter)
      if yields { loops.yields.append([]) }
      let flow = nested(loop.body, range: range)
      if yields { collected.append(turnResult(loops.yields.removeLast(), range: range)) }
      if case .returns = flow { return (flow, .poison) }
    }
    guard yields else { return (.goesOn, .poison) }
    graph.range = range
    return (.goesOn, isStopped ? .poison : stack(collected, range: range))
  }

  private mutating func loopItems(_ expression: ExpressionSyntax) -> [Item]? {
    switch evaluate(expression) {
    case .span(let lower, let upper):
      guard upper - lower <= remainingSteps else {
        stop("the model is too long when its loops are unrolled: this one has \(upper - lower) turns", at: expression.range)
        return nil
      }
      return (lower..<upper).map { .number(Double($0)) }
    case .list(let list): return list.items
    case .poison: return nil
    case .number(let number) where number >= 0 && number == number.rounded() && number < 1e9:
      report("'for' runs over a range or a list, not a number", at: expression.range, help: "write '0..<\(Int(number))'")
      return nil
    case let item:
      report("'for' runs over a range or a list, not \(item.description(in: graph))", at: expression.range)
      return nil
    }
  }

  private mutating func turnResult(_ yielded: [Item], range: SourceRange) -> Item {
    if isStopped { return .poison }
    if let item = yielded.first, yielded.count == 1 { return item }
    if yielded.isEmpty, library.hasSyntaxErrors { return .poison }
    let count = yielded.isEmpty ? "nothing" : "\(yielded.count) times"
    return report("each turn of the loop must yield once, but one yields \(count)", at: range, help: "end the turn with 'yield ...'")
  }

  private mutating func yield(_ value: ExpressionSyntax, range: SourceRange) {
    let item = evaluate(value)
    guard !loops.yields.isEmpty else {
      report("'yield' has no loop to collect it", at: range, help: "write 'ys = for t in 0..<n { ... yield y }'")
      return
    }
    loops.yields[loops.yields.count - 1].append(item)
  }

  private mutating func branches(_ condition: ConditionSyntax) -> Flow {
    let item = evaluate(condition.condition)
    guard case .number(let number) = item else {
      poisonNames(in: condition.body + condition.otherwise)
      if item.isPoison { return .goesOn }
      report(
        "'if' takes a number known at compile time, not \(item.description(in: graph))", at: condition.condition.range,
        help: "where(condition, a, b) chooses element by element")
      return .goesOn
    }
    return nested(number != 0 ? condition.body : condition.otherwise, range: condition.condition.range)
  }

  private mutating func returns(_ value: ExpressionSyntax, range: SourceRange) -> Flow {
    let item = evaluate(value)
    guard isInBlock else {
      report("'return' stands outside of a block", at: range, help: "results of the model are written 'output ...'")
      return .goesOn
    }
    return .returns(item)
  }

  /// What statements that cannot be carried out would have bound is not known, which is no error of its own.
  private mutating func poisonNames(in statements: [StatementSyntax]) {
    for statement in statements {
      switch statement.kind {
      case .binding(let binding):
        for name in binding.names where find(name.text).map({ $0.kind == .variable }) ?? true { bind(name, .poison, as: .variable) }
      case .loop(_, let body): poisonNames(in: body)
      case .forLoop(let loop): poisonNames(in: loop.body)
      case .condition(let condition): poisonNames(in: condition.body + condition.otherwise)
      default: break
      }
    }
  }
}
