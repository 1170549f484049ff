/// What an elementwise operation computes for one element: a tree over a closed set of primitives. Every printer knows exactly these.
package indirect enum ScalarExpression: Hashable, Sendable {
  case input(Int)
  case constant(Double)
  /// The coordinate of the element along an axis of the result, as a real.
  case coordinate(axis: Int)
  case unary(UnaryPrimitive, ScalarExpression)
  case binary(BinaryPrimitive, ScalarExpression, ScalarExpression)
  /// The second where the first is not zero, else the third.
  case select(ScalarExpression, ScalarExpression, ScalarExpression)
}

/// Raw values are the names of the kernels and of the functions in the C.
package enum UnaryPrimitive: String, Hashable, Sendable, CaseIterable {
  case negate = "neg"
  case absolute = "abs"
  case square, sqrt, exp, log, expm1, log1p, sin, cos, tanh, sigmoid, erf, floor
  /// 1 where x > 0, else 0.
  case step
  case relu
  /// A class number as a real.
  case fromIndex = "from_index"
}

/// Raw values are the names of the kernels and of the functions in the C.
package enum BinaryPrimitive: String, Hashable, Sendable, CaseIterable {
  case add, subtract, multiply, divide
  /// NaN wins.
  case max, min
  case pow
  /// 1 or 0.
  case less
  case lessEqual = "less_equal"
  case equal
}

extension ScalarExpression {
  package static func + (lhs: Self, rhs: Self) -> Self { .binary(.add, lhs, rhs) }
  package static func - (lhs: Self, rhs: Self) -> Self { .binary(.subtract, lhs, rhs) }
  package static func * (lhs: Self, rhs: Self) -> Self { .binary(.multiply, lhs, rhs) }
  package static func / (lhs: Self, rhs: Self) -> Self { .binary(.divide, lhs, rhs) }
  package static prefix func - (operand: Self) -> Self { .unary(.negate, operand) }

  /// The value in double precision, for folding constants. Nil where it depends on the element's place.
  package func evaluate(_ inputs: [Double]) -> Double? {
    switch self {
    case .input(let index): return inputs[index]
    case .constant(let value): return value
    case .coordinate: return nil
    case .unary(let primitive, let operand):
      guard let x = operand.evaluate(inputs) else { return nil }
      return primitive.evaluate(x)
    case .binary(let primitive, let lhs, let rhs):
      guard let a = lhs.evaluate(inputs), let b = rhs.evaluate(inputs) else { return nil }
      return primitive.evaluate(a, b)
    case .select(let condition, let first, let second):
      guard let c = condition.evaluate(inputs), let a = first.evaluate(inputs), let b = second.evaluate(inputs) else { return nil }
      return c != 0 ? a : b
    }
  }
}

extension ScalarExpression {
  /// Whether it depends on where the element is.
  package var usesCoordinates: Bool {
    switch self {
    case .input, .constant: false
    case .coordinate: true
    case .unary(_, let operand): operand.usesCoordinates
    case .binary(_, let lhs, let rhs): lhs.usesCoordinates || rhs.usesCoordinates
    case .select(let condition, let first, let second):
      condition.usesCoordinates || first.usesCoordinates || second.usesCoordinates
    }
  }
}
