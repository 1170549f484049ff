package import NNGraph

/// The binary operators of the language, by their spelling.
package enum BinaryOperator: String, Hashable, Sendable, CaseIterable {
  case add = "+"
  case subtract = "-"
  case multiply = "*"
  case divide = "/"
  case remainder = "%"
  case power = "^"
  case product = "@"
  case less = "<"
  case lessEqual = "<="
  case equal = "=="
  case notEqual = "!="
  case greaterEqual = ">="
  case greater = ">"

  /// A class counts as its number. `@` is the matrix product; all others go element by element and broadcast as NumPy does.
  package func apply(_ left: Value, _ right: Value, in graph: inout GraphBuilder) throws(ShapeError) -> Value {
    let lhs = graph.number(left)
    let rhs = graph.number(right)
    if self == .product { return try graph.matmul(lhs, rhs) }
    let types = [graph.type(lhs), graph.type(rhs)]
    guard types[0].shape.broadcast(with: types[1].shape) != nil else { throw .broadcast(rawValue, types, blame: 1) }
    switch self {
    case .add: return try graph.checked(Add(), [lhs, rhs])
    case .subtract: return try graph.checked(Subtract(), [lhs, rhs])
    case .multiply: return try graph.checked(Multiply(), [lhs, rhs])
    case .divide: return try graph.checked(Divide(), [lhs, rhs])
    case .remainder: return try graph.checked(Remainder(), [lhs, rhs])
    case .power: return try graph.checked(Power(), [lhs, rhs])
    case .less: return try graph.checked(Less(), [lhs, rhs])
    case .greater: return try graph.checked(Less(), [rhs, lhs])
    case .lessEqual: return try graph.checked(LessEqual(), [lhs, rhs])
    case .greaterEqual: return try graph.checked(LessEqual(), [rhs, lhs])
    case .equal: return try graph.checked(Equal(), [lhs, rhs])
    case .notEqual: return graph.subtract(graph.fill(1), try graph.checked(Equal(), [lhs, rhs]))
    case .product: return try graph.matmul(lhs, rhs)
    }
  }
}
