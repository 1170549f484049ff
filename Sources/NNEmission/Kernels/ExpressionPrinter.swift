import NNGraph

/// Prints scalar expressions as C, and notes which carried functions they call.
struct ExpressionPrinter {
  let program: ProgramContext
  /// Template names of the functions that the text calls.
  private(set) var used: Set<String> = []

  init(_ program: ProgramContext) { self.program = program }

  /// - Parameters:
  ///   - operands: the inputs of the expression.
  ///   - coordinate: the place of the element along an axis, a `long`.
  mutating func print(_ expression: ScalarExpression, _ operands: [CExpression], coordinate: (Int) -> CExpression) -> CExpression {
    switch expression {
    case .input(let index): return operands[index]
    case .constant(let value): return number(value)
    case .coordinate(let axis): return cast(coordinate(axis))
    case .unary(let primitive, let operand):
      return unary(primitive, operand, print(operand, operands, coordinate: coordinate))
    case .binary(let primitive, let lhs, let rhs):
      return binary(primitive, print(lhs, operands, coordinate: coordinate), print(rhs, operands, coordinate: coordinate))
    case .select(let condition, let first, let second):
      let test = test(condition, operands, coordinate)
      let (a, b) = (print(first, operands, coordinate: coordinate), print(second, operands, coordinate: coordinate))
      return call("nn_choose", [test.text, a.text, b.text])
    }
  }

  mutating func number(_ value: Double) -> CExpression {
    if NumberText.literal(value, program.precision) == nil { used.insert(value.isNaN ? "nn_nan" : "nn_infinity") }
    return program.number(value)
  }

  mutating func call(_ name: String, _ arguments: [String]) -> CExpression {
    used.insert(name)
    return CExpression("\(program.names.carried(name))(\(arguments.joined(separator: ", ")))", .primary)
  }

  func cast(_ operand: CExpression) -> CExpression { CExpression("(\(program.real))\(operand.text(atLeast: .unary))", .unary) }

  /// What a `?` asks: a comparison as it is, anything else whether it is not zero.
  private mutating func test(_ condition: ScalarExpression, _ operands: [CExpression], _ coordinate: (Int) -> CExpression) -> CExpression {
    if case .binary(let primitive, let lhs, let rhs) = condition, let symbol = primitive.comparison {
      return print(lhs, operands, coordinate: coordinate).joined(symbol, print(rhs, operands, coordinate: coordinate), .comparison)
    }
    if case .unary(.step, let operand) = condition {
      return print(operand, operands, coordinate: coordinate).joined(">", number(0), .comparison)
    }
    return print(condition, operands, coordinate: coordinate).joined("!=", number(0), .comparison)
  }

  private mutating func flag(_ test: CExpression) -> CExpression {
    CExpression("\(test.text) ? \(number(1).text) : \(number(0).text)", .conditional)
  }

  private mutating func unary(_ primitive: UnaryPrimitive, _ expression: ScalarExpression, _ operand: CExpression) -> CExpression {
    switch primitive {
    case .negate: return -operand
    case .fromIndex: return operand.precedence == .primary && isInput(expression) ? cast(operand) : operand
    case .step: return flag(operand.joined(">", number(0), .comparison))
    case .square where isInput(expression) && operand.text.utf8.allSatisfy(CIdentifier.isPart): return operand * operand
    default: return call("nn_\(primitive.rawValue)", [operand.text])
    }
  }

  private func isInput(_ expression: ScalarExpression) -> Bool {
    if case .input = expression { return true }
    return false
  }

  private mutating func binary(_ primitive: BinaryPrimitive, _ lhs: CExpression, _ rhs: CExpression) -> CExpression {
    switch primitive {
    case .add: return lhs + rhs
    case .subtract: return lhs - rhs
    case .multiply: return lhs * rhs
    case .divide: return lhs / rhs
    case .less, .lessEqual, .equal: return flag(lhs.joined(primitive.comparison ?? "", rhs, .comparison))
    case .max, .min, .pow: return call("nn_\(primitive.rawValue)", [lhs.text, rhs.text])
    }
  }
}

extension BinaryPrimitive {
  fileprivate var comparison: String? {
    switch self {
    case .less: "<"
    case .lessEqual: "<="
    case .equal: "=="
    case .add, .subtract, .multiply, .divide, .max, .min, .pow: nil
    }
  }
}
