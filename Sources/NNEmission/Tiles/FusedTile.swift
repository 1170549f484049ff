import NNGraph
import NNSchedule

/// An expression of several operations that tiles compute in one pass, each operation rounded on its own.
struct FusedTile {
  /// The name of the kernel.
  let primitive: String
  /// The kernel's operands, in its order.
  let operands: [ScalarExpression]

  init?(_ expression: ScalarExpression) {
    guard let match = FusedForm.match(Term(expression: expression, operands: []), resolve: { _ in nil }) else { return nil }
    primitive = match.primitive
    operands = match.terms.map(\.expression)
  }
}

/// An expression with the operands that its inputs stand for.
private struct Term {
  var expression: ScalarExpression
  var operands: [Operand]

  func part(_ expression: ScalarExpression) -> Term { Term(expression: expression, operands: operands) }
}

/// The forms that have a kernel. Inputs are the kernel's operands; sums and products match in either order, which does not change their bits.
private struct FusedForm {
  let primitive: String
  let count: Int
  let expression: ScalarExpression

  /// The largest come first.
  private static let all: [FusedForm] = {
    let (a, b, c, d) = (ScalarExpression.input(0), ScalarExpression.input(1), ScalarExpression.input(2), ScalarExpression.input(3))
    return [
      FusedForm(primitive: "subtract_quotient", count: 4, expression: a - b * (c / d)),
      FusedForm(primitive: "sum_with_square", count: 4, expression: a * b + c * .unary(.square, d)),
      FusedForm(primitive: "sum_of_products", count: 4, expression: a * b + c * d),
      FusedForm(primitive: "scaled_root", count: 3, expression: .unary(.sqrt, a) * b + c),
      FusedForm(primitive: "add_product", count: 3, expression: a + b * c),
      FusedForm(primitive: "subtract_product", count: 3, expression: a - b * c),
    ]
  }()

  struct Match {
    var primitive: String
    /// What the kernel's operands are.
    var terms: [Term]
    /// The values whose computation became part of this one.
    var folded: Set<Int> = []
    let form: ScalarExpression
  }

  /// - Parameter resolve: how the value of an operand is computed, if that may become a part of the expression.
  static func match(_ term: Term, resolve: (Int) -> Term?) -> Match? {
    for form in all {
      guard let state = state(form.expression, term, State(), resolve) else { continue }
      let terms = (0..<form.count).compactMap { state.bindings[$0] }
      return Match(primitive: form.primitive, terms: terms, folded: state.folded, form: form.expression)
    }
    return nil
  }

  private struct State {
    var bindings: [Int: Term] = [:]
    var folded: Set<Int> = []
  }

  /// What the form's inputs stand for if it is to be the term; nil if it cannot be.
  private static func state(_ form: ScalarExpression, _ term: Term, _ state: State, _ resolve: (Int) -> Term?) -> State? {
    var result = state
    if case .input(let index) = form {
      result.bindings[index] = term
      return result
    }
    if case .input(let index) = term.expression {
      guard term.operands.indices.contains(index), let id = term.operands[index].local, let value = resolve(id) else { return nil }
      result.folded.insert(id)
      return self.state(form, value, result, resolve)
    }
    switch (form, term.expression) {
    case (.unary(let wanted, let part), .unary(let primitive, let operand)) where wanted == primitive:
      return self.state(part, term.part(operand), state, resolve)
    case (.binary(.multiply, let first, let second), .unary(.square, let operand)):
      return both((first, operand), (second, operand), of: term, state, resolve)
    case (.binary(let wanted, let first, let second), .binary(let primitive, let lhs, let rhs)) where wanted == primitive:
      let inOrder = both((first, lhs), (second, rhs), of: term, state, resolve)
      guard inOrder == nil, wanted == .add || wanted == .multiply else { return inOrder }
      return both((first, rhs), (second, lhs), of: term, state, resolve)
    default: return nil
    }
  }

  private static func both(
    _ first: (form: ScalarExpression, part: ScalarExpression), _ second: (form: ScalarExpression, part: ScalarExpression), of term: Term,
    _ state: State, _ resolve: (Int) -> Term?
  ) -> State? {
    self.state(first.form, term.part(first.part), state, resolve).flatMap {
      self.state(second.form, term.part(second.part), $0, resolve)
    }
  }
}

extension KernelForm {
  /// A value that only one statement reads becomes a part of that, where a kernel computes both in one pass.
  mutating func foldIntoFusedTiles() {
    let readers = readCounts
    var values: [Int: Statement] = [:]
    var folded: Set<Int> = []
    for index in kernel.statements.indices {
      var statement = kernel.statements[index]
      let level = statement.level
      folded.formUnion(
        statement.fold { id in
          guard readers[id] == 1, let value = values[id], value.level == level, case .compute(let expression) = value.kind else {
            return nil
          }
          return Term(expression: expression, operands: value.operands)
        })
      kernel.statements[index] = statement
      values[statement.id] = statement
    }
    kernel.statements.removeAll { folded.contains($0.id) }
  }

  /// How often each value is read.
  private var readCounts: [Int: Int] {
    var readers: [Int: Int] = [:]
    for statement in kernel.statements {
      for (index, count) in statement.readCounts { if let id = statement.operands[index].local { readers[id, default: 0] += count } }
    }
    for operand in kernel.sinks.map(\.operand) + kernel.stores.map(\.operand) {
      if let id = operand.local { readers[id, default: 0] += 1 }
    }
    return readers
  }
}

extension Statement {
  /// Takes in what the largest fitting form asks for, and returns the values that it took.
  fileprivate mutating func fold(resolve: (Int) -> Term?) -> Set<Int> {
    guard case .compute(let expression) = kind,
      let match = FusedForm.match(Term(expression: expression, operands: operands), resolve: resolve), !match.folded.isEmpty
    else { return [] }
    var joined: [Operand] = []
    var parts: [ScalarExpression] = []
    for term in match.terms {
      parts.append(term.expression.mapInputs { .input($0 + joined.count) })
      joined += term.operands
    }
    kind = .compute(match.form.mapInputs { parts[$0] })
    operands = joined
    return match.folded
  }
}

extension ScalarExpression {
  fileprivate func mapInputs(_ transform: (Int) -> ScalarExpression) -> ScalarExpression {
    switch self {
    case .input(let index): transform(index)
    case .constant, .coordinate: self
    case .unary(let primitive, let operand): .unary(primitive, operand.mapInputs(transform))
    case .binary(let primitive, let lhs, let rhs): .binary(primitive, lhs.mapInputs(transform), rhs.mapInputs(transform))
    case .select(let condition, let first, let second):
      .select(condition.mapInputs(transform), first.mapInputs(transform), second.mapInputs(transform))
    }
  }
}
