/// What the parser, the help text and whatever else is produced from a command's description know of an option, whatever type its
/// value has.
package struct OptionDescription: Hashable, Sendable {
  /// Where help lists the option.
  package enum Group: String, CaseIterable, Sendable {
    case command = "Options"
    case recipe = "Instead of the line of the same name in the model's train block"
    case common = "Common options"
  }

  package var long: String
  package var short: Character?
  /// Stands for the value in help; nil for a flag.
  package var placeholder: String?
  /// The words a value is chosen from, where there is a fixed set.
  package var choices: [String]
  package var repeats: Bool
  package var help: String
  package var group: Group

  /// As it is written on a command line.
  package var spelling: String { "--\(long)" }
}

/// An option followed by a value: `--batch 32` or `--batch=32`.
package struct ValueOption<Value: Sendable>: Sendable {
  package let description: OptionDescription
  let reader: ValueReader<Value>

  /// An option may be `repeats`: all its values count. Of any other the last one does.
  package init(
    _ long: String, short: Character? = nil, _ reader: ValueReader<Value>, repeats: Bool = false,
    group: OptionDescription.Group = .command, help: String
  ) {
    self.description = OptionDescription(
      long: long, short: short, placeholder: reader.placeholder, choices: reader.choices, repeats: repeats, help: help, group: group)
    self.reader = reader
  }
}

/// An option that is there or is not: `--resume`.
package struct FlagOption: Sendable {
  package let description: OptionDescription

  package init(_ long: String, short: Character? = nil, group: OptionDescription.Group = .command, help: String) {
    self.description = OptionDescription(
      long: long, short: short, placeholder: nil, choices: [], repeats: false, help: help, group: group)
  }
}
