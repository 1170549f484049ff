extension Double {
  /// As a person writes it: whole numbers without a point.
  package var plain: String {
    let text = "\(self)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}
