/// C text of an expression with how tightly it binds, so that only the parentheses it needs are printed.
struct CExpression: Hashable, Sendable {
  enum Precedence: Int, Comparable, Sendable {
    case conditional, comparison, sum, product, unary, primary

    static func < (lhs: Self, rhs: Self) -> Bool { lhs.rawValue < rhs.rawValue }
  }

  var text: String
  var precedence: Precedence

  init(_ text: String, _ precedence: Precedence) {
    self.text = text
    self.precedence = precedence
  }

  /// The text, in parentheses where it binds less tightly than asked for.
  func text(atLeast precedence: Precedence) -> String { self.precedence < precedence ? "(\(text))" : text }

  /// `self operator other`. Sums of floating-point numbers are not associative, so the right side of an operator of the same rank needs parentheses.
  func joined(_ symbol: String, _ other: CExpression, _ precedence: Precedence) -> CExpression {
    let tighter = Precedence(rawValue: precedence.rawValue + 1) ?? .primary
    return CExpression("\(text(atLeast: precedence)) \(symbol) \(other.text(atLeast: tighter))", precedence)
  }

  static func - (lhs: Self, rhs: Self) -> Self { lhs.joined("-", rhs, .sum) }
  static func / (lhs: Self, rhs: Self) -> Self { lhs.joined("/", rhs, .product) }
  static func * (lhs: Self, rhs: Self) -> Self { lhs.joined("*", rhs, .product) }

  /// A sum; adding a negative number is printed as a difference, which is the same.
  static func + (lhs: Self, rhs: Self) -> Self {
    guard rhs.precedence == .unary, rhs.text.hasPrefix("-") else { return lhs.joined("+", rhs, .sum) }
    return lhs - CExpression(String(rhs.text.dropFirst()), .primary)
  }

  static prefix func - (operand: Self) -> Self {
    // Two signs in a row would read as a decrement.
    let text = operand.text(atLeast: .unary)
    return CExpression(text.hasPrefix("-") ? "-(\(text))" : "-\(text)", .unary)
  }
}
