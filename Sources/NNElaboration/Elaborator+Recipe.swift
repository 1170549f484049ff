import NNGraph
import NNOperations
import NNSource
import NNSyntax

extension Elaborator {
  static let recipeWords = [
    "data", "split", "validation", "test", "normalize", "augment", "optimizer", "schedule", "clip", "batch", "epochs", "patience", "seed",
  ]

  mutating func declareRecipe(_ lines: [RecipeLineSyntax], range: SourceRange) {
    if let known = recipeRange {
      report("the model has a train block already", at: range, notes: [.init("it begins here", at: known)])
      return
    }
    recipeRange = range
    recipeLines = lines
  }

  /// The train block with what the command line puts in the place of its lines.
  mutating func elaborateRecipe() -> Recipe {
    var recipe = Recipe()
    for line in effectiveLines() {
      recipe.ranges[line.name.text] = line.range
      read(line, into: &recipe)
    }
    return recipe
  }

  private mutating func effectiveLines() -> [RecipeLineSyntax] {
    let given = Set(settings.recipeLines.map(\.name.text))
    let replaced = given.contains("split") || given.contains("validation") ? given.union(["split", "validation"]) : given
    var lines: [RecipeLineSyntax] = []
    for line in recipeLines ?? [] {
      if let known = lines.first(where: { Self.doTheSame($0, line) }) {
        report("'\(line.name.text)' is given already", at: line.name.range, notes: [.init("by this line", at: known.range)])
      } else {
        lines.append(line)
      }
    }
    return lines.filter { !replaced.contains($0.name.text) } + settings.recipeLines
  }

  /// Both `split` and `validation` say what to validate on.
  private static func doTheSame(_ one: RecipeLineSyntax, _ other: RecipeLineSyntax) -> Bool {
    let words = ["split", "validation"]
    return one.name.text == other.name.text || (words.contains(one.name.text) && words.contains(other.name.text))
  }

  private mutating func read(_ line: RecipeLineSyntax, into recipe: inout Recipe) {
    switch line.name.text {
    case "data": recipe.data = source(line)
    case "validation": recipe.validation = source(line).map { .source($0) }
    case "test": recipe.test = source(line)
    case "normalize": recipe.normalization = normalizationRule(line)
    case "augment": recipe.augmentation = augmentationRule(line)
    case "split": recipe.validation = split(line).map { .split($0) }
    case "optimizer": if let choice = optimizer(line) { recipe.optimizer = choice }
    case "schedule": if let choice = schedule(line) { recipe.schedule = choice }
    case "clip": recipe.clip = recipeNumber(line, "the longest gradient", isFine: { $0 > 0 }, rule: "above 0")
    case "batch": recipe.batch = count(line, from: 1, to: 1 << 24) ?? recipe.batch
    case "epochs": recipe.epochs = count(line, from: 0, to: 1 << 30) ?? recipe.epochs
    case "patience": recipe.patience = count(line, from: 1, to: 1 << 30)
    case "seed": recipe.seed = count(line, from: 0, to: Int(UInt32.max)).map { UInt64($0) } ?? recipe.seed
    default:
      let help = didYouMean(line.name.text, among: Self.recipeWords) ?? "the lines are \(Self.recipeWords.joined(separator: ", "))"
      report("a recipe has no line '\(line.name.text)'", at: line.name.range, help: help)
    }
  }
}

// MARK: - Numbers

extension Elaborator {
  /// The only argument of a line, with this label or without.
  mutating func sole(_ line: RecipeLineSyntax, _ what: String, label: String? = nil) -> ExpressionSyntax? {
    guard let first = line.arguments.first, line.arguments.count == 1, first.label?.text == label else {
      let written = label.map { "\($0): " } ?? ""
      report("'\(line.name.text)' takes \(what)", at: line.range, help: "write '\(line.name.text) \(written)...'")
      return nil
    }
    return first.value
  }

  private mutating func recipeNumber(
    _ line: RecipeLineSyntax, _ what: String, label: String? = nil, isFine: (Double) -> Bool, rule: String
  ) -> Double? {
    guard let expression = sole(line, what == "'\(line.name.text)'" ? "one number" : what, label: label) else { return nil }
    guard let number = number(evaluate(expression), what, at: expression.range) else { return nil }
    guard isFine(number) else {
      report("\(what) must be \(rule), not \(number.plain)", at: expression.range)
      return nil
    }
    return number
  }

  private mutating func split(_ line: RecipeLineSyntax) -> Double? {
    recipeNumber(line, "the part of the data to hold back", label: "validation", isFine: { $0 > 0 && $0 < 1 }, rule: "between 0 and 1")
  }

  private mutating func count(_ line: RecipeLineSyntax, from least: Int, to most: Int) -> Int? {
    let rule = "a whole number from \(least) to \(most)"
    let isFine = { (number: Double) in number == number.rounded() && number >= Double(least) && number <= Double(most) }
    return recipeNumber(line, "'\(line.name.text)'", isFine: isFine, rule: rule).map { Int($0) }
  }
}

// MARK: - Rules

extension Elaborator {
  /// `adam(rate: 0.001)`, or a bare name.
  private mutating func rule(_ line: RecipeLineSyntax, _ what: String) -> CallSyntax? {
    guard let expression = sole(line, what) else { return nil }
    switch expression.kind {
    case .call(let call): return call
    case .name(let name):
      return CallSyntax(function: NameSyntax(text: name, range: expression.range), arguments: [], range: expression.range)
    default:
      report("'\(line.name.text)' takes \(what)", at: expression.range)
      return nil
    }
  }

  /// Every argument of a rule by its name; nil after an error.
  private mutating func labelled(_ call: CallSyntax) -> [(name: NameSyntax, value: ExpressionSyntax)]? {
    var arguments: [(name: NameSyntax, value: ExpressionSyntax)] = []
    for argument in call.arguments {
      guard let label = argument.label else {
        report("the arguments of '\(call.function.text)' are given by name", at: argument.range, help: "such as 'rate: 0.1'")
        return nil
      }
      guard !arguments.contains(where: { $0.name.text == label.text }) else {
        report("'\(label.text)' is given twice", at: label.range)
        return nil
      }
      arguments.append((label, argument.value))
    }
    return arguments
  }

  private mutating func optimizer(_ line: RecipeLineSyntax) -> OptimizerChoice? {
    guard let call = rule(line, "an optimizer, such as sgd(rate: 0.1)") else { return nil }
    let isKnown = Optimizers.rule(call.function.text) != nil
    guard let arguments = isKnown ? labelled(call) : [] else { return nil }
    var choice = OptimizerChoice(name: call.function.text, arguments: [:])
    for (name, value) in arguments {
      switch evaluate(value) {
      case .word("true"): choice.arguments[name.text] = 1
      case .word("false"): choice.arguments[name.text] = 0
      case let item:
        guard let number = number(item, "'\(name.text)'", at: value.range) else { return nil }
        choice.arguments[name.text] = number
      }
    }
    do {
      _ = try Optimizers.make(choice)
      choice.arguments["rate"] = choice.arguments["rate"] ?? Optimizers.standardRate(choice.name)
      return choice
    } catch {
      reportRule(error, call, arguments)
      return nil
    }
  }

  /// What is wrong with a rule, at the argument to blame.
  private mutating func reportRule(_ error: CallError, _ call: CallSyntax, _ arguments: [(name: NameSyntax, value: ExpressionSyntax)]) {
    let blamed = arguments.first { $0.name.text == error.parameter }
    let place = blamed.map { error.isUnknown ? $0.name.range : $0.value.range } ?? call.function.range
    report(error.message, at: place, help: error.help)
  }

  private mutating func schedule(_ line: RecipeLineSyntax) -> ScheduleChoice? {
    guard let call = rule(line, "a schedule, such as cosine(warmup: 100)") else { return nil }
    let isKnown = Schedules.rule(call.function.text) != nil
    guard let arguments = isKnown ? labelled(call) : [] else { return nil }
    var choice = ScheduleChoice(name: call.function.text, arguments: [:])
    for (name, value) in arguments {
      guard let numbers = scheduleNumbers(value) else { return nil }
      choice.arguments[name.text] = numbers
    }
    do {
      _ = try Schedules.checked(choice)
      return choice
    } catch {
      reportRule(error, call, arguments)
      return nil
    }
  }

  private mutating func scheduleNumbers(_ expression: ExpressionSyntax) -> [ScheduleNumber]? {
    guard case .list(let elements) = expression.kind else { return scheduleNumber(expression).map { [$0] } }
    var numbers: [ScheduleNumber] = []
    for element in elements {
      guard let number = scheduleNumber(element) else { return nil }
      numbers.append(number)
    }
    return numbers
  }

  /// A number of steps in which `epoch`, the number of steps in one, may occur: a sum of numbers and multiples of it.
  private mutating func scheduleNumber(_ expression: ExpressionSyntax) -> ScheduleNumber? {
    switch expression.kind {
    case .name("epoch"): return ScheduleNumber(steps: 0, epochs: 1)
    case .negation(let operand):
      return scheduleNumber(operand).map { ScheduleNumber(steps: -$0.steps, epochs: -$0.epochs) }
    case .operations(let first, let steps):
      guard var result = scheduleNumber(first) else { return nil }
      for step in steps {
        guard let operand = scheduleNumber(step.operand) else { return nil }
        guard let next = Self.combine(step.symbol, result, operand) else {
          report("'epoch' can be added, and multiplied or divided by a number", at: expression.range, help: "such as '10 * epoch'")
          return nil
        }
        result = next
      }
      return result
    default:
      return number(evaluate(expression), "a number of a schedule", at: expression.range).map { ScheduleNumber(steps: $0) }
    }
  }

  private static func combine(_ symbol: ArithmeticOperator, _ left: ScheduleNumber, _ right: ScheduleNumber) -> ScheduleNumber? {
    switch symbol {
    case .add: ScheduleNumber(steps: left.steps + right.steps, epochs: left.epochs + right.epochs)
    case .subtract: ScheduleNumber(steps: left.steps - right.steps, epochs: left.epochs - right.epochs)
    case .multiply where left.epochs == 0: ScheduleNumber(steps: left.steps * right.steps, epochs: left.steps * right.epochs)
    case .multiply where right.epochs == 0: ScheduleNumber(steps: left.steps * right.steps, epochs: left.epochs * right.steps)
    case .divide where right.epochs == 0 && right.steps != 0:
      ScheduleNumber(steps: left.steps / right.steps, epochs: left.epochs / right.steps)
    default: nil
    }
  }
}
