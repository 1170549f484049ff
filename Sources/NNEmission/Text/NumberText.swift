import NNSchedule

/// Numbers as C writes them.
enum NumberText {
  /// The shortest text that reads back as the same number. Nil for NaN and the infinities, which have no literals.
  static func literal(_ value: Double, _ precision: Precision) -> String? {
    switch precision {
    case .f32:
      let rounded = Float(value)
      return rounded.isFinite ? "\(rounded)f" : nil
    case .f64:
      return value.isFinite ? "\(value)" : nil
    }
  }

  /// The same as an expression of any number. `nan` and `infinity` are calls of functions.
  static func expression(_ value: Double, _ precision: Precision, nan: String, infinity: String) -> CExpression {
    let isNegative = value.sign == .minus && !value.isNaN
    if let text = literal(value, precision) { return CExpression(text, isNegative ? .unary : .primary) }
    return value.isNaN ? CExpression(nan, .primary) : CExpression(isNegative ? "-" + infinity : infinity, isNegative ? .unary : .primary)
  }

  /// A number in a table, where a call may not stand: what has no literal is a quotient, which all compilers take for a constant.
  static func initializer(_ value: Double, _ precision: Precision) -> String {
    if let text = literal(value, precision) { return text }
    let (zero, one) = precision == .f32 ? ("0.0f", "1.0f") : ("0.0", "1.0")
    return value.isNaN ? "\(zero) / \(zero)" : value < 0 ? "-\(one) / \(zero)" : "\(one) / \(zero)"
  }
}
