import NNGraph
import NNSchedule

/// A sum or difference with a product in it, which tiles compute in one pass: `term + a * b` or `term - a * b`, each operation rounded on its own.
struct SumWithProduct {
  /// The name of the kernel.
  let primitive: String
  let term: ScalarExpression
  let factors: (ScalarExpression, ScalarExpression)

  init?(_ expression: ScalarExpression) {
    guard case .binary(let operation, let lhs, let rhs) = expression else { return nil }
    if operation == .add || operation == .subtract, let factors = Self.factors(rhs) {
      primitive = operation == .add ? "add_product" : "subtract_product"
      term = lhs
      self.factors = factors
    } else if operation == .add, let factors = Self.factors(lhs) {
      primitive = "add_product"
      term = rhs
      self.factors = factors
    } else {
      return nil
    }
  }

  private static func factors(_ expression: ScalarExpression) -> (ScalarExpression, ScalarExpression)? {
    guard case .binary(.multiply, let lhs, let rhs) = expression else { return nil }
    return (lhs, rhs)
  }
}

extension KernelForm {
  /// A product that only one sum or difference reads becomes a part of that.
  mutating func foldProducts() {
    var readers: [Int: Int] = [:]
    for statement in kernel.statements {
      for (index, count) in statement.readCounts { if let id = statement.operands[index].local { readers[id, default: 0] += count } }
    }
    for operand in kernel.sinks.map(\.operand) + kernel.stores.map(\.operand) {
      if let id = operand.local { readers[id, default: 0] += 1 }
    }
    var products: [Int: Statement] = [:]
    var folded: Set<Int> = []
    for index in kernel.statements.indices {
      var statement = kernel.statements[index]
      if let id = statement.foldableOperand(products, readers), let product = products[id] {
        statement.fold(product)
        folded.insert(id)
        kernel.statements[index] = statement
      }
      if statement.product != nil { products[statement.id] = statement }
    }
    kernel.statements.removeAll { folded.contains($0.id) }
  }
}

extension Statement {
  /// The product of two operands that the statement is, a square being one too.
  fileprivate var product: ScalarExpression? {
    switch kind {
    case .compute(.binary(.multiply, .input(let lhs), .input(let rhs))): .input(lhs) * .input(rhs)
    case .compute(.unary(.square, .input(let index))): .input(index) * .input(index)
    default: nil
    }
  }

  /// The only statement that reads this product and could take it in; nil if there is none.
  fileprivate func foldableOperand(_ products: [Int: Statement], _ readers: [Int: Int]) -> Int? {
    guard case .compute(.binary(let operation, .input(let lhs), .input(let rhs))) = kind else { return nil }
    let candidates = operation == .subtract ? [rhs] : operation == .add ? [rhs, lhs] : []
    return candidates.lazy.compactMap { operands[$0].local }.first { products[$0]?.level == level && readers[$0] == 1 }
  }

  /// Computes the product itself, in the place of the operand that it was.
  fileprivate mutating func fold(_ product: Statement) {
    guard case .compute(let expression) = kind, let factors = product.product,
      let place = operands.firstIndex(of: .local(product.id))
    else { return }
    let start = operands.count
    operands += product.operands
    kind = .compute(expression.replacingInput(place, with: factors.shiftingInputs(by: start)))
  }
}

extension ScalarExpression {
  fileprivate func replacingInput(_ index: Int, with other: ScalarExpression) -> ScalarExpression {
    mapInputs { $0 == index ? other : .input($0) }
  }

  fileprivate func shiftingInputs(by count: Int) -> ScalarExpression { mapInputs { .input($0 + count) } }

  private func mapInputs(_ transform: (Int) -> ScalarExpression) -> ScalarExpression {
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
