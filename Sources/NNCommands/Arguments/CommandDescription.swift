/// Everything there is to say about a command. Parsing, help and errors are all made from this one value, and so will be whatever
/// else describes commands, such as completions and manual pages.
package struct CommandDescription: Sendable {
  /// A line to type, and what it does.
  package struct Example: Hashable, Sendable {
    package var line: String
    package var meaning: String

    package init(_ line: String, _ meaning: String) {
      self.line = line
      self.meaning = meaning
    }
  }

  /// An argument that is no option.
  package struct Operand: Hashable, Sendable {
    package var name: String
    package var help: String
    /// Whether there may be several; only the last operand may.
    package var repeats: Bool

    package init(_ name: String, _ help: String, repeats: Bool = false) {
      self.name = name
      self.help = help
      self.repeats = repeats
    }
  }

  /// As it is typed, the program included: `nnrun train`.
  package var name: String
  /// One sentence that begins with a verb.
  package var summary: String
  package var examples: [Example]
  package var operands: [Operand]
  package var options: [OptionDescription]
  /// Paragraphs under the options: defaults, files, rules.
  package var notes: [String]

  package init(
    name: String, summary: String, examples: [Example], operands: [Operand], options: [OptionDescription], notes: [String] = []
  ) {
    self.name = name
    self.summary = summary
    self.examples = examples
    self.operands = operands
    self.options = options
    self.notes = notes
  }

  /// `nnrun train MODEL.nn [options]`
  package var usage: String {
    ([name] + operands.map { $0.repeats ? "\($0.name) ..." : $0.name } + ["[options]"]).joined(separator: " ")
  }

  func option(long: String) -> OptionDescription? { options.first { $0.long == long } }
  func option(short: Character) -> OptionDescription? { options.first { $0.short == short } }
}
