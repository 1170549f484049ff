/// A command line that fits its description: operands in order, and what was said for each option.
package struct ParsedArguments: Sendable {
  package var operands: [String] = []
  /// For each option that was given, by its long name, its values in order; flags have empty ones.
  private var values: [String: [String]] = [:]

  mutating func add(_ option: OptionDescription, value: String) {
    values[option.long, default: []].append(value)
  }

  package func has(_ flag: FlagOption) -> Bool { values[flag.description.long] != nil }

  /// The first of some options that was given.
  func first(of options: [OptionDescription]) -> OptionDescription? { options.first { values[$0.long] != nil } }

  /// The value of an option, of several the last; nil if it was not given.
  package func value<Value>(of option: ValueOption<Value>) throws(UsageError) -> Value? {
    try all(option).last
  }

  /// Every value of an option, in order.
  package func all<Value>(_ option: ValueOption<Value>) throws(UsageError) -> [Value] {
    var result: [Value] = []
    for text in values[option.description.long] ?? [] {
      switch option.reader.read(text) {
      case .value(let value): result.append(value)
      case .expected(let expectation, let help):
        throw UsageError("\(option.description.spelling) takes \(expectation), not '\(text)'", help: help)
      }
    }
    return result
  }
}
