import NNGraph
import NNOperations
import NNSource
import NNSyntax

extension Elaborator {
  /// The parameter that each argument is for, by number; nil for none. Positional arguments fill those that may be positional in order.
  func assignment(of arguments: [CallArgument], to parameters: [FunctionParameter]) -> [Int?] {
    let labels = Set(arguments.compactMap { $0.label?.text })
    var free = parameters.indices.filter { !parameters[$0].isNamed && !labels.contains(parameters[$0].name) }[...]
    return arguments.map { argument in
      if let label = argument.label { return parameters.firstIndex { $0.name == label.text } }
      guard let next = free.first else { return nil }
      if parameters[next].kind != .tensors { free.removeFirst() }
      return next
    }
  }

  /// The arguments by parameter, each as its kind asks; nil after an error.
  mutating func match(_ arguments: [CallArgument], to parameters: [FunctionParameter], of function: NameSyntax) -> [ArgumentValue?]? {
    let places = assignment(of: arguments, to: parameters)
    guard checkAssignment(arguments, places, parameters, function) else { return nil }
    var values = [ArgumentValue?](repeating: nil, count: parameters.count)
    var isGood = !arguments.contains(where: \.item.isPoison)
    for (argument, place) in zip(arguments, places) {
      guard let place, !argument.item.isPoison else { continue }
      let value = convert(argument, to: parameters[place], of: function)
      if case .values(let others)? = values[place], case .values(let more)? = value {
        values[place] = .values(others + more)
      } else {
        values[place] = value
      }
      isGood = isGood && value != nil
    }
    return isGood ? values : nil
  }

  private mutating func checkAssignment(
    _ arguments: [CallArgument], _ places: [Int?], _ parameters: [FunctionParameter], _ function: NameSyntax
  ) -> Bool {
    var taken: Set<Int> = []
    for (argument, place) in zip(arguments, places) {
      guard let place else {
        reportExcess(argument, among: arguments, parameters, function)
        return false
      }
      guard taken.insert(place).inserted || parameters[place].kind == .tensors else {
        report("'\(parameters[place].name)' is given twice", at: argument.label?.range ?? argument.range)
        return false
      }
    }
    guard let missing = parameters.indices.first(where: { parameters[$0].standard == nil && !taken.contains($0) }) else { return true }
    if !arguments.contains(where: \.item.isPoison) {
      report(
        "'\(function.text)' needs '\(parameters[missing].name)'", at: function.range,
        help: "write '\(signature(function.text, parameters))'")
    }
    return false
  }

  private mutating func reportExcess(
    _ argument: CallArgument, among arguments: [CallArgument], _ parameters: [FunctionParameter], _ function: NameSyntax
  ) {
    if let label = argument.label {
      let help = didYouMean(label.text, among: parameters.map(\.name)) ?? "write '\(signature(function.text, parameters))'"
      report("'\(function.text)' has no argument '\(label.text)'", at: label.range, help: help)
      return
    }
    let positional = parameters.filter { !$0.isNamed }.map(\.name)
    if let label = arguments.compactMap(\.label).first(where: { positional.contains($0.text) }) {
      report("'\(label.text)' of '\(function.text)' is given by place and by name", at: label.range)
      return
    }
    let most = positional.count == 1 ? "1 argument" : "\(positional.count) arguments"
    let others = parameters.contains(where: \.isNamed) ? ", the others by name" : ""
    report(
      "'\(function.text)' takes \(most) without a name\(others)", at: argument.range,
      help: "write '\(signature(function.text, parameters))'")
  }

  /// How a call is written.
  private func signature(_ name: String, _ parameters: [FunctionParameter]) -> String {
    let written = parameters.map { parameter in
      let label = parameter.isNamed || parameter.standard != nil ? "\(parameter.name): " : ""
      return label.isEmpty ? parameter.name : label + (parameter.standard ?? "...")
    }
    return "\(name)(\(written.joined(separator: ", ")))"
  }

  private mutating func convert(_ argument: CallArgument, to parameter: FunctionParameter, of function: NameSyntax) -> ArgumentValue? {
    let (item, range) = (argument.item, argument.range)
    let what = "'\(parameter.name)' of '\(function.text)'"
    switch parameter.kind {
    case .tensor, .anyTensor: return tensor(item, at: range).map { .value($0) }
    case .tensors: return tensor(item, at: range).map { .values([$0]) }
    case .group:
      if case .weights(let values) = item { return .values(values) }
      return tensor(item, at: range).map { .values([$0]) }
    case .target:
      if case .number(let number) = item { return .number(number) }
      return tensor(item, at: range).map { .value($0) }
    case .number: return number(item, what, at: range).map { .number($0) }
    case .wholeNumber: return wholeNumber(item, what, at: range).map { .number(Double($0)) }
    case .flag:
      if case .word("true") = item { return .flag(true) }
      if case .word("false") = item { return .flag(false) }
      report("\(what) is true or false, not \(item.description(in: graph))", at: range)
      return nil
    case .shape: return wholeNumbers(item, what, at: range).map { .list($0) }
    case .axes, .extent:
      if case .word(let word) = item { return .name(word) }
      if case .number = item { return wholeNumber(item, what, at: range).map { .number(Double($0)) } }
      return wholeNumbers(item, what, at: range).map { .list($0) }
    case .initializer: return initializer(item, at: range).map { .initializer($0) }
    }
  }

  private mutating func wholeNumbers(_ item: Item, _ what: String, at range: SourceRange) -> [Int]? {
    switch item {
    case .list(let list):
      var numbers: [Int] = []
      for item in list.items {
        guard let number = wholeNumber(item, what, at: range) else { return nil }
        numbers.append(number)
      }
      return numbers
    case .number: return wholeNumber(item, what, at: range).map { [$0] }
    case .poison: return nil
    default:
      report("\(what) is a list of whole numbers, not \(item.description(in: graph))", at: range)
      return nil
    }
  }
}
