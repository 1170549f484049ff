import NNSchedule

/// Text of places in memory: sums of loop counters times strides.
enum IndexText {
  /// `offset + i * 64 + j`. Terms without stride or counter are left out; nothing left is `0`.
  static func sum(_ offset: Int, _ terms: [(stride: Int, counter: String?)]) -> String {
    var parts: [String] = []
    for (stride, counter) in terms {
      guard let counter, stride != 0, counter != "0" else { continue }
      parts.append(stride == 1 ? counter : "\(atom(counter)) * \(stride)")
    }
    if offset != 0 || parts.isEmpty { parts.append("\(offset)") }
    return parts.joined(separator: " + ").replacingNegativeTerms
  }

  /// A counter that is a sum needs parentheses before it is scaled.
  private static func atom(_ counter: String) -> String { counter.utf8.allSatisfy(CIdentifier.isPart) ? counter : "(\(counter))" }

  /// A count as an expression of type `long`.
  static func count(_ extent: Extent) -> String {
    guard extent.perExample else { return "\(extent.count)" }
    return extent.count == 1 ? "n" : "\(extent.count)L * n"
  }

  /// `pointer + index`, or just the pointer.
  static func pointer(_ name: String, _ index: String) -> String { index == "0" ? name : "\(name) + \(index)" }
}

extension String {
  /// `a + -2` is `a - 2`.
  fileprivate var replacingNegativeTerms: String {
    guard contains("+ -") else { return self }
    return split(separator: "+ -", omittingEmptySubsequences: false).joined(separator: "- ")
  }
}
