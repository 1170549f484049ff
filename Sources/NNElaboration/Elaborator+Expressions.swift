import NNGraph
import NNOperations
import NNSource
import NNSyntax

extension Elaborator {
  /// What an expression stands for.
  mutating func evaluate(_ expression: ExpressionSyntax) -> Item {
    guard enter(at: expression.range) else { return .poison }
    defer { leave() }
    switch expression.kind {
    case .number(let number): return .number(number)
    case .string(let text): return .text(text)
    case .name(let name): return value(of: NameSyntax(text: name, range: expression.range))
    case .list(let elements): return collected(elements).map { list($0, at: expression.range) } ?? .poison
    case .tuple(let elements): return collected(elements).map { .tuple($0) } ?? .poison
    case .call(let syntax): return call(syntax, piped: nil)
    case .index(let base, let indices): return index(base, indices, range: expression.range)
    case .negation(let operand): return negated(operand, range: expression.range)
    case .power(let base, let exponent):
      return combine(.power, argument(base), argument(exponent), range: expression.range)
    case .operations(let first, let steps): return run(first, steps)
    case .comparison(let left, let symbol, let right):
      guard let symbol = BinaryOperator(rawValue: symbol.rawValue) else { return .poison }
      return combine(symbol, argument(left), argument(right), range: expression.range)
    case .span(let span): return self.span(span, range: expression.range)
    case .pipe(let first, let stages): return pipe(first, stages)
    }
  }

  /// The elements of a list or tuple, each of them one value.
  private mutating func collected(_ elements: [ExpressionSyntax]) -> [Item]? {
    var items: [Item] = []
    var isGood = true
    for element in elements {
      let item = evaluate(element)
      if case .tuple(let parts) = item {
        report("this gives \(parts.count) values, where one is needed", at: element.range, help: "bind them first: '(a, b) = ...'")
        isGood = false
      }
      isGood = isGood && !item.isPoison
      items.append(item)
    }
    return isGood ? items : nil
  }

  mutating func list(_ items: [Item], at range: SourceRange) -> Item {
    if let list = ItemList(items) { return .list(list) }
    return report(
      "a list holds at most \(ElaborationLimit.listItems) numbers, in lists at most \(Limits.rank) deep", at: range,
      help: "keep data in files of their own")
  }

  /// An operand or argument with what error messages want to know of it.
  mutating func argument(_ expression: ExpressionSyntax, label: NameSyntax? = nil) -> CallArgument {
    var name: String?
    if case .name(let text) = expression.kind { name = text }
    return CallArgument(label: label, item: evaluate(expression), range: expression.range, name: name)
  }

  private mutating func run(_ first: ExpressionSyntax, _ steps: [OperationSyntax]) -> Item {
    var result = argument(first)
    for step in steps {
      let operand = argument(step.operand)
      guard spend(at: step.symbolRange), let symbol = BinaryOperator(rawValue: step.symbol.rawValue) else { return .poison }
      let range = result.range.union(operand.range)
      result = CallArgument(item: combine(symbol, result, operand, range: range), range: range)
    }
    return result.item
  }

  private mutating func pipe(_ first: ExpressionSyntax, _ stages: [CallSyntax]) -> Item {
    var piped = argument(first)
    piped.isPiped = true
    for stage in stages {
      guard spend(at: stage.range) else { return .poison }
      piped = CallArgument(item: call(stage, piped: piped), range: stage.range, isPiped: true)
    }
    return piped.item
  }
}

// MARK: - Names

extension Elaborator {
  mutating func value(of name: NameSyntax) -> Item {
    if name.text.contains(".") { return parameter(named: name) }
    if let binding = find(name.text) { return binding.item }
    if name.text == "weights" { return .weights(weights()) }
    if Item.words.contains(name.text) { return .word(name.text) }
    if library.hasSyntaxErrors { return .poison }
    if isInBlock, let binding = scopes[0].values[name.text] {
      return report(
        "'\(name.text)' is a value of the model, which a block does not see", at: name.range,
        notes: [.init("'\(name.text)' is bound here", at: binding.range)], help: "hand it to the block as an argument")
    }
    if functionNames.contains(name.text) {
      return report("'\(name.text)' is a function, and no value", at: name.range, help: "write '\(name.text)(...)'")
    }
    guard unknownNames.insert(name.text).inserted else { return .poison }
    return report("unknown name '\(name.text)'", at: name.range, help: didYouMean(name.text, among: visibleNames))
  }

  private var visibleNames: [String] {
    var names = Array(scopes[scopes.count - 1].values.keys)
    if isInBlock { names += scopes[0].values.filter { $0.value.isDeclared || $0.value.kind == .constant }.keys }
    return names + ["weights"] + Item.words
  }
}

// MARK: - Operators

extension Elaborator {
  /// Two operands and an operator: a number if both are, else a tensor.
  mutating func combine(_ symbol: BinaryOperator, _ left: CallArgument, _ right: CallArgument, range: SourceRange) -> Item {
    if left.item.isPoison || right.item.isPoison { return .poison }
    if case .number(let a) = left.item, case .number(let b) = right.item, symbol != .product {
      return numbers(symbol, a, b, range: range)
    }
    guard let a = tensor(left.item, at: left.range), let b = tensor(right.item, at: right.range) else { return .poison }
    graph.range = range
    do {
      return .tensor(try symbol.apply(a, b, in: &graph))
    } catch {
      return report(error.message, at: range, notes: origins(of: [left, right]), help: error.help)
    }
  }

  private mutating func numbers(_ symbol: BinaryOperator, _ a: Double, _ b: Double, range: SourceRange) -> Item {
    let number = Self.result(of: symbol, a, b)
    guard number.isFinite else {
      let reason = (symbol == .divide || symbol == .remainder) && b == 0 ? "a number is divided by 0" : "the result is no finite number"
      return report(reason, at: range)
    }
    return .number(number)
  }

  private static func result(of symbol: BinaryOperator, _ a: Double, _ b: Double) -> Double {
    switch symbol {
    case .add: a + b
    case .subtract: a - b
    case .multiply, .product: a * b
    case .divide: a / b
    case .remainder: a - b * (a / b).rounded(.down)
    case .power: BinaryPrimitive.pow.evaluate(a, b)
    case .less: a < b ? 1 : 0
    case .lessEqual: a <= b ? 1 : 0
    case .equal: a == b ? 1 : 0
    case .notEqual: a != b ? 1 : 0
    case .greaterEqual: a >= b ? 1 : 0
    case .greater: a > b ? 1 : 0
    }
  }

  private mutating func negated(_ operand: ExpressionSyntax, range: SourceRange) -> Item {
    let item = evaluate(operand)
    if case .number(let number) = item { return .number(-number) }
    guard let value = tensor(item, at: operand.range) else { return .poison }
    graph.range = range
    return .tensor(graph.negate(graph.number(value)))
  }

  private mutating func span(_ span: SpanSyntax, range: SourceRange) -> Item {
    guard !span.includesUpper else {
      return report("'..' stands between the columns of a table", at: range, help: "numbers run over '0..<n'")
    }
    guard let lower = span.lower, let upper = span.upper else { return .poison }
    let first = wholeNumber(evaluate(lower), "the start of a range", at: lower.range)
    let end = wholeNumber(evaluate(upper), "the end of a range", at: upper.range)
    guard let first, let end else { return .poison }
    guard first <= end else { return report("a range cannot go from \(first) down to \(end)", at: range) }
    return .span(first, end)
  }
}

// MARK: - Conversions

extension Elaborator {
  /// The tensor that an item stands for: numbers and lists of numbers are constants.
  mutating func tensor(_ item: Item, at range: SourceRange) -> Value? {
    switch item {
    case .tensor(let value): return value
    case .number(let number): return graph.fill(number)
    case .poison: return nil
    case .list:
      guard let literal = literal(item, at: range) else { return nil }
      graph.range = range
      return graph.node(Literal(literal.values, literal.shape), [])
    case .tuple(let items):
      report("this gives \(items.count) values, where one is needed", at: range, help: "bind them first: '(a, b) = ...'")
    case .word(let word):
      report("'\(word)' has no value here", at: range)
    case .weights:
      report("'weights' stands for all weights at once", at: range, help: "use it in l1, l2 or elastic")
    case .span(let lower, let upper):
      report("a range is no tensor", at: range, help: lower == 0 ? "write 'range(\(upper))'" : nil)
    case .text, .initializer:
      report("\(item.description(in: graph)) is no tensor", at: range)
    }
    return nil
  }

  /// Numbers in nested lists, all rows of the same length.
  mutating func literal(_ item: Item, at range: SourceRange) -> (values: [Double], shape: Shape)? {
    var values: [Double] = []
    guard let dimensions = flatten(item, into: &values, at: range) else { return nil }
    do {
      try graph.checkSize(ValueType(Shape(dimensions), isBatched: false))
    } catch {
      report(error.message, at: range)
      return nil
    }
    return (values, Shape(dimensions))
  }

  private mutating func flatten(_ item: Item, into values: inout [Double], at range: SourceRange) -> [Int]? {
    switch item {
    case .number(let number):
      values.append(number)
      return []
    case .list(let list):
      var inner: [Int]?
      for element in list.items {
        guard let shape = flatten(element, into: &values, at: range) else { return nil }
        if let inner, inner != shape {
          report("the rows of a list must be of one shape, but have \(Shape(inner)) and \(Shape(shape))", at: range)
          return nil
        }
        inner = shape
      }
      guard let inner else {
        report("an empty list is no tensor", at: range)
        return nil
      }
      return [list.items.count] + inner
    case .poison: return nil
    default:
      report("a list of constants holds numbers, not \(item.description(in: graph))", at: range, help: "stack(a, b) puts tensors together")
      return nil
    }
  }

  /// A whole number known at compile time, of a size that an `int` holds.
  mutating func wholeNumber(_ item: Item, _ what: String, at range: SourceRange) -> Int? {
    guard let number = number(item, what, at: range) else { return nil }
    guard number == number.rounded() else {
      report("\(what) must be a whole number, not \(number.plain)", at: range, help: "floor(...) rounds down")
      return nil
    }
    guard abs(number) < 2_147_483_648 else {
      report("\(what) is too large: \(number.plain)", at: range)
      return nil
    }
    return Int(number)
  }

  mutating func number(_ item: Item, _ what: String, at range: SourceRange) -> Double? {
    switch item {
    case .number(let number): return number
    case .poison: return nil
    default:
      report("\(what) must be a number known at compile time, not \(item.description(in: graph))", at: range)
      return nil
    }
  }

  /// How a parameter starts.
  mutating func initializer(_ item: Item, at range: SourceRange) -> InitializerChoice? {
    switch item {
    case .initializer(let choice): return choice
    case .number(let number): return .number(number)
    case .list: return literal(item, at: range).map { .literal($0.values, $0.shape) }
    case .word("he"): return .he
    case .word("xavier"): return .xavier
    case .word("zeros"): return .zeros
    case .word("ones"): return .ones
    case .poison: return nil
    default:
      report(
        "\(item.description(in: graph)) is no initial value", at: range,
        help: "a number, a list of numbers, normal(std), uniform(lo, hi), he, xavier, zeros or ones")
      return nil
    }
  }
}
