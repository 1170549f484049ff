/// The tree as s-expressions, one statement a line, without places: two texts that mean the same have the same outline.
package struct SyntaxOutline {
  package static func text(of model: ModelSyntax) -> String {
    model.statements.map(statement).joined(separator: "\n")
  }

  private static func form(_ parts: [String?]) -> String {
    "(" + parts.compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: " ") + ")"
  }

  package static func statement(_ statement: StatementSyntax) -> String {
    switch statement.kind {
    case .model(let name): form(["model", name.text])
    case .use(let path): form(["use", quoted(path.text)])
    case .constant(let name, let value): form(["let", name.text, expression(value)])
    case .input(let name, let type): form(["input", name.text, self.type(type)])
    case .target(let name, let type): form(["target", name.text, self.type(type)])
    case .parameter(let variable): form(["param", self.variable(variable)])
    case .state(let variable): form(["state", self.variable(variable)])
    case .next(let name, let value): form(["next", name.text, expression(value)])
    case .binding(let binding): self.binding(binding)
    case .layer(let name, let value): form(["layer", name.text, expression(value)])
    case .block(let block): self.block(block)
    case .loop(let count, let body): form(["repeat", expression(count), self.body(body)])
    case .forLoop(let loop): self.loop(loop)
    case .condition(let condition): self.condition(condition)
    case .yield(let value): form(["yield", expression(value)])
    case .return(let value): form(["return", expression(value)])
    case .loss(let loss): self.loss(loss)
    case .metric(let name, let value): form(["metric", name?.text, expression(value)])
    case .output(let name, let value): form(["output", name?.text, expression(value)])
    case .train(let lines): form(["train"] + lines.map(recipeLine))
    }
  }

  package static func recipeLine(_ line: RecipeLineSyntax) -> String {
    form([line.name.text] + line.arguments.map(argument))
  }

  private static func type(_ type: TypeSyntax) -> String {
    guard let classes = type.classes else { return type.shape.map(shape) ?? "?" }
    return form(["class", expression(classes), type.shape.map(shape)])
  }

  private static func shape(_ shape: ShapeSyntax) -> String {
    "[" + shape.extents.map(expression).joined(separator: " ") + "]"
  }

  private static func variable(_ variable: VariableSyntax) -> String {
    [variable.name.text, variable.shape.map(shape), expression(variable.initial)].compactMap { $0 }.joined(separator: " ")
  }

  private static func binding(_ binding: BindingSyntax) -> String {
    let names = binding.names.map(\.text)
    let target = names.count == 1 ? names[0] : form(names)
    switch binding.value {
    case .expression(let value): return form(["=", target, expression(value)])
    case .loop(let loop, _): return form(["=", target, self.loop(loop)])
    }
  }

  private static func block(_ block: BlockSyntax) -> String {
    let parameters = block.parameters.map { parameter in
      parameter.initial.map { form([parameter.name.text, expression($0)]) } ?? parameter.name.text
    }
    return form(["block", block.name.text, "(" + parameters.joined(separator: " ") + ")", body(block.body)])
  }

  private static func loop(_ loop: ForSyntax) -> String {
    form(["for", loop.variable.text, expression(loop.items), body(loop.body)])
  }

  private static func condition(_ condition: ConditionSyntax) -> String {
    let otherwise = condition.otherwise.isEmpty ? nil : body(condition.otherwise)
    return form(["if", expression(condition.condition), body(condition.body), otherwise])
  }

  private static func loss(_ loss: LossSyntax) -> String {
    let trains = loss.trains.isEmpty ? nil : form(["trains"] + loss.trains.map(\.text))
    return form(["loss", loss.name?.text, expression(loss.value), trains])
  }

  private static func body(_ statements: [StatementSyntax]) -> String {
    "{" + statements.map(statement).joined(separator: " ") + "}"
  }

  package static func expression(_ expression: ExpressionSyntax) -> String {
    switch expression.kind {
    case .number(let value): value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
    case .string(let text): quoted(text)
    case .name(let name): name
    case .list(let elements): "[" + elements.map(self.expression).joined(separator: " ") + "]"
    case .tuple(let elements): form(["tuple"] + elements.map(self.expression))
    case .call(let call): self.call(call)
    case .index(let value, let indices): form(["index", self.expression(value)] + indices.map(index))
    case .negation(let operand): form(["-", self.expression(operand)])
    case .power(let base, let exponent): form(["^", self.expression(base), self.expression(exponent)])
    case .operations(let first, let steps): operations(first, steps)
    case .comparison(let left, let symbol, let right): form([symbol.rawValue, self.expression(left), self.expression(right)])
    case .span(let span):
      form([span.includesUpper ? ".." : "..<", span.lower.map(self.expression) ?? "_", span.upper.map(self.expression) ?? "_"])
    case .pipe(let value, let stages): form(["|>", self.expression(value)] + stages.map(call))
    }
  }

  /// Nested to the left, which is written from both ends, so that the work grows with the length of the run and no faster.
  private static func operations(_ first: ExpressionSyntax, _ steps: [OperationSyntax]) -> String {
    let openings = steps.reversed().map { "(\($0.symbol.rawValue) " }
    return (openings + [expression(first)] + steps.map { " \(expression($0.operand)))" }).joined()
  }

  private static func call(_ call: CallSyntax) -> String {
    form([call.function.text] + call.arguments.map(argument))
  }

  private static func argument(_ argument: ArgumentSyntax) -> String {
    (argument.label.map { $0.text + ": " } ?? "") + expression(argument.value)
  }

  private static func index(_ index: IndexSyntax) -> String {
    switch index.kind {
    case .all: ":"
    case .newAxis: "new"
    case .position(let value): expression(value)
    case .slice(let lower, let upper): form(["..<", lower.map(expression) ?? "_", upper.map(expression) ?? "_"])
    }
  }

  private static func quoted(_ text: String) -> String {
    "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
  }
}
