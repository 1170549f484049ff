import Glibc

/// Numbers as people read them; files and JSON carry every digit instead.
package enum NumberText {
  /// With so many significant digits at most: `0.731059`, `-12`, `1e-09`.
  package static func short(_ number: Double, digits: Int = 6) -> String {
    // C would print the sign of a NaN, which means nothing.
    number.isNaN ? "nan" : formatted("%.\(max(1, min(digits, 17)))g", number)
  }

  /// With so many digits after the point: `97.0`.
  package static func fixed(_ number: Double, decimals: Int) -> String {
    formatted("%.\(max(0, min(decimals, 9)))f", max(-1e15, min(number, 1e15)))
  }

  /// A time with the unit that suits it: `850 ns`, `12.3 us`, `1.5 ms`, `2 min 5 s`.
  package static func duration(seconds: Double) -> String {
    guard seconds.isFinite, seconds >= 0 else { return short(seconds) + " s" }
    switch seconds {
    case ..<0.999_5e-6: return formatted("%.3g ns", seconds * 1e9)
    case ..<0.999_5e-3: return formatted("%.3g us", seconds * 1e6)
    case ..<0.999_5: return formatted("%.3g ms", seconds * 1e3)
    case ..<59.95: return formatted("%.3g s", seconds)
    case ..<1e15:
      let whole = Int(seconds.rounded())
      return whole < 3600 ? "\(whole / 60) min \(whole % 60) s" : "\(whole / 3600) h \(whole / 60 % 60) min"
    default: return short(seconds) + " s"
    }
  }

  /// With separators between groups of three digits: `1,797`.
  package static func grouped(_ number: Int) -> String {
    var result = ""
    for (index, digit) in "\(number.magnitude)".reversed().enumerated() {
      if index > 0, index % 3 == 0 { result.append(",") }
      result.append(digit)
    }
    return (number < 0 ? "-" : "") + String(result.reversed())
  }

  /// A number of things: `1 example`, `1,797 examples`.
  package static func count(_ number: Int, _ thing: String) -> String {
    "\(grouped(number)) \(thing)\(number == 1 ? "" : "s")"
  }

  private static func formatted(_ format: String, _ number: Double) -> String {
    // 17 digits, a sign, a point, an exponent and a unit take less than half of it.
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { buffer in
      _ = withVaList([number]) { vsnprintf(buffer.baseAddress, buffer.count, format, $0) }
      return buffer.baseAddress.map { String(cString: $0) } ?? ""
    }
  }
}
