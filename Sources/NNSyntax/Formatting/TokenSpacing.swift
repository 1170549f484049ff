/// Which tokens have a space between them.
struct TokenSpacing {
  private var previous: PlacedToken?
  /// Whether the previous token is a minus without a left side.
  private var isAfterSign = false

  /// To be asked for every token in turn.
  mutating func gap(before token: PlacedToken) -> Int {
    defer {
      isAfterSign = token.isSymbol(.minus) && !endsOperand
      previous = token
    }
    guard let previous else { return 0 }
    return isTight(previous, token) ? 0 : 1
  }

  private func isTight(_ previous: PlacedToken, _ next: PlacedToken) -> Bool {
    if previous.isSymbol(.leftParenthesis) || previous.isSymbol(.leftBracket) { return true }
    if next.isSymbol(.rightParenthesis) || next.isSymbol(.rightBracket) || next.isSymbol(.comma) || next.isSymbol(.semicolon) {
      return true
    }
    if previous.isSymbol(.comma) { return false }
    if isAfterSign || next.isSymbol(.colon) { return true }
    if next.isSymbol(.leftParenthesis) || next.isSymbol(.leftBracket), endsOperand { return true }
    // Three points in a row would be read in another way.
    if previous.last == UInt8(ascii: "."), next.isSymbol(.span) || next.isSymbol(.halfOpenSpan) { return false }
    return isJoint(previous) || isJoint(next)
  }

  /// Whether the previous token may end the left side of an operator, or be what is called or indexed.
  private var endsOperand: Bool {
    switch previous?.kind {
    case .identifier: previous?.role == nil || previous?.role == .binding
    case .number, .string, .symbol(.rightParenthesis), .symbol(.rightBracket): true
    default: false
    }
  }

  private func isJoint(_ token: PlacedToken) -> Bool {
    switch token.kind {
    case .symbol(.power), .symbol(.dot), .symbol(.span), .symbol(.halfOpenSpan): true
    default: false
    }
  }
}
