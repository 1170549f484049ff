import NNGraph
import NNSource
import NNSyntax

extension Elaborator {
  static let sources = DataDescription.Kind.called.map(\.rawValue)
  /// Those whose named arguments are inputs and targets of the model.
  private static let sourcesByPort: Set<DataDescription.Kind> = [.csv, .npz, .safetensors, .rows]

  /// `csv("d.csv", label: "y")` and the like, or just a file's name.
  mutating func source(_ line: RecipeLineSyntax) -> DataDescription? {
    guard let expression = sole(line, "a source of data, such as csv(\"d.csv\")") else { return nil }
    switch expression.kind {
    case .string(let path): return DataDescription(kind: .file, positional: [.string(path)], named: [], range: expression.range)
    case .call(let call): return source(call)
    default:
      report(
        "'\(line.name.text)' takes a source of data", at: expression.range,
        help: "such as csv(\"d.csv\", label: \"y\"); the sources are \(Self.sources.joined(separator: ", "))")
      return nil
    }
  }

  private mutating func source(_ call: CallSyntax) -> DataDescription? {
    guard let kind = DataDescription.Kind.called.first(where: { $0.rawValue == call.function.text }) else {
      let help = didYouMean(call.function.text, among: Self.sources) ?? "the sources are \(Self.sources.joined(separator: ", "))"
      report("unknown source of data '\(call.function.text)'", at: call.function.range, help: help)
      return nil
    }
    var description = DataDescription(kind: kind, positional: [], named: [], range: call.range)
    for argument in call.arguments {
      guard checkPort(argument.label, of: kind), let value = sourceArgument(argument.value) else { return nil }
      if let label = argument.label {
        description.named.append((label.text, value))
      } else {
        description.positional.append(value)
      }
    }
    return description
  }

  private mutating func checkPort(_ label: NameSyntax?, of kind: DataDescription.Kind) -> Bool {
    guard let label, Self.sourcesByPort.contains(kind) else { return true }
    let ports = (inputs + targets).map(\.name)
    if ports.contains(label.text) || (label.text == "label" && kind == .csv) { return true }
    if library.hasSyntaxErrors || diagnostics.hasErrors { return false }
    let help = didYouMean(label.text, among: ports) ?? (ports.isEmpty ? nil : "they are \(ports.joined(separator: ", "))")
    report("the model has no input or target '\(label.text)'", at: label.range, help: help)
    return false
  }

  private mutating func sourceArgument(_ expression: ExpressionSyntax) -> DataDescription.Argument? {
    switch expression.kind {
    case .string(let text): return .string(text)
    case .list(let elements):
      var items: [DataDescription.Argument] = []
      for element in elements {
        guard let item = sourceArgument(element) else { return nil }
        items.append(item)
      }
      return .list(items)
    case .span(let span): return columns(span, at: expression.range)
    case .name(let name) where find(name) == nil: return .name(name)
    default: return sourceArgument(evaluate(expression), at: expression.range)
    }
  }

  private mutating func columns(_ span: SpanSyntax, at range: SourceRange) -> DataDescription.Argument? {
    guard span.includesUpper, case .string(let first)? = span.lower?.kind, case .string(let last)? = span.upper?.kind else {
      report("columns are named from the first to the last", at: range, help: "write '\"a\"..\"d\"'")
      return nil
    }
    return .strings(from: first, to: last)
  }

  private mutating func sourceArgument(_ item: Item, at range: SourceRange) -> DataDescription.Argument? {
    switch item {
    case .number(let number): return .number(number)
    case .text(let text): return .string(text)
    case .list(let list):
      var arguments: [DataDescription.Argument] = []
      for item in list.items {
        guard let argument = sourceArgument(item, at: range) else { return nil }
        arguments.append(argument)
      }
      return .list(arguments)
    case .word(let word): return .name(word)
    case .poison: return nil
    default:
      report("a source of data takes texts and numbers, not \(item.description(in: graph))", at: range)
      return nil
    }
  }
}
