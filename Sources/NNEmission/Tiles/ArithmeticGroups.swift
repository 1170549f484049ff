import NNAssembly
import NNGraph
import NNSchedule

extension VectorLoop.Operation {
  /// What a primitive is in a vector loop; nil where only a precompiled kernel has it.
  init?(_ primitive: UnaryPrimitive) { self.init(rawValue: primitive.rawValue) }
  init?(_ primitive: BinaryPrimitive) { self.init(rawValue: primitive.rawValue) }
}

/// What the vector loops compute that a kernel's statements become.
enum Arithmetic {
  case withoutFunctions, withFunctions

  func includes(_ operation: VectorLoop.Operation?) -> Bool { operation.map { self == .withFunctions || !$0.isFunction } ?? false }

  func includes(_ expression: ScalarExpression) -> Bool {
    switch expression {
    case .input, .constant: true
    case .coordinate: false
    case .unary(let primitive, let operand): includes(VectorLoop.Operation(primitive)) && includes(operand)
    case .binary(let primitive, let lhs, let rhs): includes(VectorLoop.Operation(primitive)) && includes(lhs) && includes(rhs)
    case .select(let condition, let first, let second): includes(condition) && includes(first) && includes(second)
    }
  }

  func includes(_ statement: Statement) -> Bool {
    guard case .compute(let expression) = statement.kind, includes(expression) else { return false }
    return statement.readCounts.keys.allSatisfy { if case .index = statement.operands[$0] { false } else { true } }
  }
}

extension KernelForm {
  /// Brings statements that vector loops can compute next to each other: what they cannot becomes a statement of its own, and what that does not
  /// wait for comes after it. To be done before the order of statements matters: which values are computed where they are stored follows from it.
  mutating func gather(_ arithmetic: Arithmetic) {
    var separated: [Statement] = []
    var next = (kernel.statements.map(\.id).max() ?? 0) + 1
    for statement in kernel.statements { separate(statement, arithmetic, &next, into: &separated) }
    kernel.statements = Self.gathered(separated, arithmetic)
  }

  private func separate(_ statement: Statement, _ arithmetic: Arithmetic, _ next: inout Int, into result: inout [Statement]) {
    guard case .compute(let expression) = statement.kind, !arithmetic.includes(statement) else {
      result.append(statement)
      return
    }
    var last = statement
    last.kind = .compute(taken(expression, arithmetic, isWhole: true, &last, &next, into: &result))
    result.append(last.withoutUnreadOperands)
  }

  /// The expression with an operand for each part that no vector loop computes, and for what such a part is computed of.
  private func taken(
    _ expression: ScalarExpression, _ arithmetic: Arithmetic, isWhole: Bool, _ statement: inout Statement, _ next: inout Int,
    into result: inout [Statement]
  ) -> ScalarExpression {
    if arithmetic.includes(expression) && !isWhole { return expression }
    let value: ScalarExpression
    switch expression {
    case .input, .constant, .coordinate: value = expression
    case .unary(let primitive, let operand):
      let part = taken(operand, arithmetic, isWhole: false, &statement, &next, into: &result)
      let isIncluded = arithmetic.includes(VectorLoop.Operation(primitive))
      value = .unary(primitive, isIncluded ? part : named(part, &statement, &next, into: &result))
    case .binary(let primitive, let lhs, let rhs):
      var parts = [lhs, rhs].map { taken($0, arithmetic, isWhole: false, &statement, &next, into: &result) }
      if !arithmetic.includes(VectorLoop.Operation(primitive)) { parts = parts.map { named($0, &statement, &next, into: &result) } }
      value = .binary(primitive, parts[0], parts[1])
    case .select(let condition, let first, let second):
      let parts = [condition, first, second].map { taken($0, arithmetic, isWhole: false, &statement, &next, into: &result) }
      value = .select(parts[0], parts[1], parts[2])
    }
    return isWhole || arithmetic.includes(value) ? value : named(value, &statement, &next, into: &result)
  }

  /// The value of a part, as an operand that a statement before this one computes.
  private func named(_ part: ScalarExpression, _ statement: inout Statement, _ next: inout Int, into result: inout [Statement])
    -> ScalarExpression
  {
    switch part {
    case .input, .constant: return part
    default: break
    }
    result.append(
      Statement(
        id: next, name: nil, range: statement.range, level: statement.level, kind: .compute(part), operands: statement.operands,
        shape: statement.shape
      ).withoutUnreadOperands)
    statement.operands.append(.local(next))
    next += 1
    return .input(statement.operands.count - 1)
  }

  /// Layers of arithmetic and of everything else take turns; what a later layer is the first to ask for is in the last possible one.
  private static func gathered(_ statements: [Statement], _ arithmetic: Arithmetic) -> [Statement] {
    let indices = Dictionary(uniqueKeysWithValues: statements.enumerated().map { ($1.id, $0) })
    let isArithmetic = statements.map { arithmetic.includes($0) }
    func joins(_ first: Int, _ second: Int) -> Bool {
      isArithmetic[first] && isArithmetic[second] && statements[first].level == statements[second].level
    }
    var layers = [Int](repeating: 0, count: statements.count)
    for (index, statement) in statements.enumerated() {
      for source in statement.readLocals.compactMap({ indices[$0] }) {
        layers[index] = max(layers[index], layers[source] + (joins(source, index) ? 0 : 1))
      }
    }
    var latest: [Int: Int] = [:]
    for index in statements.indices.reversed() {
      if isArithmetic[index], let layer = latest[index] { layers[index] = max(layers[index], layer) }
      for source in statements[index].readLocals.compactMap({ indices[$0] }) {
        latest[source] = min(latest[source] ?? .max, layers[index] - (joins(source, index) ? 0 : 1))
      }
    }
    func key(_ index: Int) -> (Int, Int, Int) {
      (layers[index], isArithmetic[index] ? (statements[index].level == .full ? 2 : 1) : 0, index)
    }
    return statements.indices.sorted { key($0) < key($1) }.map { statements[$0] }
  }
}
