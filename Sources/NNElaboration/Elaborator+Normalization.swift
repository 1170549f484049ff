import NNGraph
import NNOperations
import NNSource
import NNSyntax

/// `normalize mean_std`: what it learns is part of the model, so that whatever runs the model takes raw inputs.
extension Elaborator {
  /// The rule that will hold, read before the inputs it is about; what is wrong with the line is told when its turn comes.
  func foreseenNormalization(in statements: [StatementSyntax]) -> NormalizationRule? {
    let written = statements.lazy.compactMap { statement -> [RecipeLineSyntax]? in
      if case .train(let lines) = statement.kind { lines } else { nil }
    }
    let lines = settings.recipeLines + (written.first ?? [])
    guard let line = lines.first(where: { $0.name.text == "normalize" }) else { return nil }
    guard line.arguments.count == 1, case .name(let word)? = line.arguments.first?.value.kind else { return nil }
    return NormalizationRule(rawValue: word)
  }

  mutating func normalizationRule(_ line: RecipeLineSyntax) -> NormalizationRule? {
    let known = NormalizationRule.allCases.map(\.rawValue)
    guard let expression = sole(line, known.joined(separator: " or ")) else { return nil }
    guard case .name(let word) = expression.kind, let rule = NormalizationRule(rawValue: word) else {
      var help = "the rules are \(known.joined(separator: " and "))"
      if case .name(let word) = expression.kind { help = didYouMean(word, among: known) ?? help }
      report("'normalize' takes \(known.joined(separator: " or "))", at: expression.range, help: help)
      return nil
    }
    return rule
  }

  /// What the model sees of an input.
  mutating func normalized(_ port: Port) -> Value {
    let groups = NormalizationGroups(port.type.shape)
    let shift = addStatistic("\(port.name).shift", groups.shape, initial: 0, of: port)
    let scale = addStatistic("\(port.name).scale", groups.shape, initial: 1, of: port)
    normalizations.append(Normalization(input: inputs.count - 1, shift: states.count - 2, scale: states.count - 1))
    return graph.multiply(graph.subtract(port.value, shift), scale)
  }

  private mutating func addStatistic(_ name: String, _ shape: Shape, initial: Double, of port: Port) -> Value {
    let type = ValueType(shape, isBatched: false)
    let value = graph.source(Argument(.state, states.count), type)
    graph.name(value, name)
    let place = port.range ?? recipeRange
    let slot = StateSlot(name: name, type: type, initial: .constant(initial), value: value, next: nil, range: place)
    if let place { add(slot, at: place) }
    return value
  }
}

// MARK: - Augmentation

extension Elaborator {
  /// `augment flip, crop(4)`
  mutating func augmentationRule(_ line: RecipeLineSyntax) -> AugmentationRule? {
    var rule = AugmentationRule()
    for argument in line.arguments {
      switch argument.value.kind {
      case .name("flip") where argument.label == nil: rule.flips = true
      case .call(let call) where argument.label == nil && call.function.text == "crop":
        guard let crop = crop(call) else { return nil }
        rule.crop = crop
      default:
        report("'augment' takes flip and crop(PIXELS)", at: argument.range, help: "such as 'augment flip, crop(4)'")
        return nil
      }
    }
    guard !line.arguments.isEmpty else {
      report("'augment' takes flip and crop(PIXELS)", at: line.range, help: "such as 'augment flip, crop(4)'")
      return nil
    }
    return rule
  }

  private mutating func crop(_ call: CallSyntax) -> Int? {
    guard let argument = call.arguments.first, call.arguments.count == 1, argument.label == nil else {
      report("'crop' takes a number of pixels, as in crop(4)", at: call.range)
      return nil
    }
    guard let pixels = wholeNumber(evaluate(argument.value), "the number of pixels", at: argument.range) else { return nil }
    guard (1...1024).contains(pixels) else {
      report("the number of pixels must be from 1 to 1024, not \(pixels)", at: argument.range)
      return nil
    }
    return pixels
  }
}
