import Glibc

extension Double {
  /// As C's `printf` has it; the result is cut off behind sixty letters.
  package func text(_ format: String) -> String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { buffer in
      _ = withVaList([self]) { vsnprintf(buffer.baseAddress, buffer.count, format, $0) }
      return buffer.baseAddress.map { String(cString: $0) } ?? ""
    }
  }

  /// With three digits at most, for messages.
  package var brief: String { text("%.3g") }

  /// As a person writes it: whole numbers without a point.
  package var plain: String {
    let text = "\(self)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}
