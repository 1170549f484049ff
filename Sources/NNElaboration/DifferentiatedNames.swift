import NNSyntax

/// The names by which a model takes derivatives, `gradient(E, NAME)`, found before anything is evaluated: the values bound to them must be kept
/// apart from what algebra would make of them.
///
/// A block that differentiates by one of its parameters passes this on to the names it is used with.
struct DifferentiatedNames {
  private var names: Set<String> = []
  private var calls: [(function: String, arguments: [ArgumentSyntax], isPiped: Bool, piped: String?)] = []
  private var blocks: [String: [String]] = [:]

  static func collect(in files: [[StatementSyntax]]) -> Set<String> {
    var finder = DifferentiatedNames()
    for statements in files { finder.visit(statements) }
    return finder.closure()
  }

  private func closure() -> Set<String> {
    var found: Set<String> = []
    for call in calls where call.function == "gradient" { found.formUnion(Self.names(given: ["y", "x"], wanted: ["x"], call)) }
    while !found.isEmpty {
      let before = found.count
      for call in calls {
        if let parameters = blocks[call.function] { found.formUnion(Self.names(given: parameters, wanted: found, call)) }
      }
      if found.count == before { break }
    }
    return found
  }

  /// The names that a call hands to the wanted ones among its parameters.
  private static func names(
    given parameters: [String], wanted: Set<String>,
    _ call: (function: String, arguments: [ArgumentSyntax], isPiped: Bool, piped: String?)
  ) -> [String] {
    var found: [String] = []
    if call.isPiped, let first = parameters.first, wanted.contains(first), let piped = call.piped { found.append(piped) }
    let labels = Set(call.arguments.compactMap { $0.label?.text })
    var free = parameters.dropFirst(call.isPiped ? 1 : 0).filter { !labels.contains($0) }[...]
    for argument in call.arguments {
      guard let parameter = argument.label?.text ?? free.popFirst(), wanted.contains(parameter) else { continue }
      if case .name(let name) = argument.value.kind { found.append(name) }
    }
    return found
  }
}

// MARK: - Walking the tree

extension DifferentiatedNames {
  private mutating func visit(_ statements: [StatementSyntax]) {
    for statement in statements { visit(statement) }
  }

  private mutating func visit(_ statement: StatementSyntax) {
    switch statement.kind {
    case .binding(let binding):
      switch binding.value {
      case .expression(let value): visit(value)
      case .loop(let loop, _): visit(loop.body)
      }
    case .block(let block):
      blocks[block.name.text] = block.parameters.map(\.name.text)
      visit(block.body)
    case .loop(_, let body): visit(body)
    case .forLoop(let loop): visit(loop.body)
    case .condition(let condition): visit(condition.body + condition.otherwise)
    case .next(_, let value), .yield(let value), .return(let value), .metric(_, let value), .output(_, let value): visit(value)
    case .loss(let loss): visit(loss.value)
    default: break
    }
  }

  private mutating func visit(_ expression: ExpressionSyntax) {
    switch expression.kind {
    case .number, .string, .name, .span: break
    case .list(let elements), .tuple(let elements): for element in elements { visit(element) }
    case .call(let call): visit(call, isPiped: false, piped: nil)
    case .index(let base, _): visit(base)
    case .negation(let operand): visit(operand)
    case .power(let base, let exponent):
      visit(base)
      visit(exponent)
    case .operations(let first, let steps):
      visit(first)
      for step in steps { visit(step.operand) }
    case .comparison(let left, _, let right):
      visit(left)
      visit(right)
    case .pipe(let first, let stages): visit(first, stages)
    }
  }

  private mutating func visit(_ first: ExpressionSyntax, _ stages: [CallSyntax]) {
    visit(first)
    var name: String?
    if case .name(let text) = first.kind { name = text }
    for stage in stages {
      visit(stage, isPiped: true, piped: name)
      name = nil
    }
  }

  private mutating func visit(_ call: CallSyntax, isPiped: Bool, piped: String?) {
    calls.append((call.function.text, call.arguments, isPiped, piped))
    for argument in call.arguments { visit(argument.value) }
  }
}
