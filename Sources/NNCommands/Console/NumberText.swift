import NNSource

/// Numbers as people read them; files and JSON carry every digit instead.
package enum NumberText {
  /// With so many significant digits at most: `0.731059`, `-12`, `1e-09`.
  package static func short(_ number: Double, digits: Int = 6) -> String {
    // C would print the sign of a NaN, which means nothing.
    number.isNaN ? "nan" : number.text("%.\(max(1, min(digits, 17)))g")
  }

  /// With so many digits after the point: `97.0`.
  package static func fixed(_ number: Double, decimals: Int) -> String {
    max(-1e15, min(number, 1e15)).text("%.\(max(0, min(decimals, 9)))f")
  }

  /// A time with the unit that suits it: `850 ns`, `12.3 us`, `1.5 ms`, `2 min 5 s`.
  package static func duration(seconds: Double) -> String {
    guard seconds.isFinite, seconds >= 0 else { return short(seconds) + " s" }
    switch seconds {
    case ..<0.999_5e-6: return (seconds * 1e9).text("%.3g ns")
    case ..<0.999_5e-3: return (seconds * 1e6).text("%.3g us")
    case ..<0.999_5: return (seconds * 1e3).text("%.3g ms")
    case ..<59.95: return seconds.text("%.3g s")
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
}
