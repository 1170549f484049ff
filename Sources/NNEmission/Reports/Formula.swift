import NNGraph

extension ScalarExpression {
  /// The expression as a person writes it.
  func formula(_ operands: [String]) -> String { term(operands).text }

  private func term(_ operands: [String]) -> CExpression {
    switch self {
    case .input(let index): return CExpression(operands[index], operands[index].hasPrefix("-") ? .unary : .primary)
    case .constant(let value): return CExpression("\(value)", value < 0 ? .unary : .primary)
    case .coordinate(let axis): return CExpression("coordinate(\(axis))", .primary)
    case .unary(.negate, let operand): return -operand.term(operands)
    case .unary(let primitive, let operand): return CExpression("\(primitive.rawValue)(\(operand.formula(operands)))", .primary)
    case .binary(let primitive, let lhs, let rhs): return Self.joined(primitive, lhs.term(operands), rhs.term(operands))
    case .select(let condition, let first, let second):
      let parts = [condition, first, second].map { $0.formula(operands) }
      return CExpression("where(\(parts.joined(separator: ", ")))", .primary)
    }
  }

  private static func joined(_ primitive: BinaryPrimitive, _ lhs: CExpression, _ rhs: CExpression) -> CExpression {
    switch primitive {
    case .add: lhs + rhs
    case .subtract: lhs - rhs
    case .multiply: lhs * rhs
    case .divide: lhs / rhs
    case .less: lhs.joined("<", rhs, .comparison)
    case .lessEqual: lhs.joined("<=", rhs, .comparison)
    case .equal: lhs.joined("==", rhs, .comparison)
    case .max, .min, .pow: CExpression("\(primitive.rawValue)(\(lhs.text), \(rhs.text))", .primary)
    }
  }
}
