/// Help, made from a command's description: examples first, since most readers only need one to copy.
struct HelpText {
  /// Wide enough for a terminal of eighty columns.
  private static let width = 80
  private static let indent = 2
  private static let gap = 2
  /// Names longer than this stand on a line of their own, so that the explanations stay in one column.
  private static let longestName = 24

  private var lines: [String] = []

  static func text(of command: CommandDescription) -> String {
    var help = HelpText()
    help.add(paragraph: command.summary)
    help.addExamples(command.examples)
    help.add(heading: "Usage: \(command.usage)")
    help.add(rows: command.operands.map { ($0.name, $0.help) })
    for group in OptionDescription.Group.allCases {
      let options = command.options.filter { $0.group == group }
      guard !options.isEmpty else { continue }
      help.add(heading: "\(group.rawValue):")
      help.add(rows: options.map { (name(of: $0), $0.help) })
    }
    for note in command.notes {
      help.lines.append("")
      help.add(paragraph: note)
    }
    return help.lines.joined(separator: "\n") + "\n"
  }

  static func text(of tool: Tool) -> String {
    var help = HelpText()
    help.add(paragraph: tool.summary)
    help.addExamples(tool.commands.compactMap { $0.description.examples.first })
    help.add(heading: "Usage: \(tool.name) COMMAND MODEL.nn [options]")
    help.add(rows: tool.commands.map { (String($0.description.name.dropFirst(tool.name.count + 1)), $0.description.summary) })
    help.lines += ["", "'\(tool.name) COMMAND --help' tells about a command, '\(tool.name) --version' which release this is."]
    return help.lines.joined(separator: "\n") + "\n"
  }

  private static func name(of option: OptionDescription) -> String {
    let short = option.short.map { "-\($0), " } ?? "    "
    return short + option.spelling + (option.placeholder.map { " \($0)" } ?? "")
  }

  private mutating func add(heading: String) {
    lines += ["", heading]
  }

  private mutating func add(paragraph: String) {
    lines += Self.wrap(paragraph, to: Self.width)
  }

  private mutating func addExamples(_ examples: [CommandDescription.Example]) {
    guard !examples.isEmpty else { return }
    add(heading: "Examples:")
    for example in examples {
      lines.append("  \(example.line)")
      lines += Self.wrap(example.meaning, to: Self.width - 6).map { "      \($0)" }
    }
  }

  private mutating func add(rows: [(name: String, help: String)]) {
    let fitting = rows.map(\.name.count).filter { $0 <= Self.longestName }
    let column = Self.indent + (fitting.max() ?? Self.longestName) + Self.gap
    let margin = String(repeating: " ", count: column)
    for row in rows {
      let name = String(repeating: " ", count: Self.indent) + row.name
      var explanation = Self.wrap(row.help, to: Self.width - column)
      if name.count + Self.gap <= column {
        let padding = String(repeating: " ", count: column - name.count)
        lines.append(name + padding + explanation.removeFirst())
      } else {
        lines.append(name)
      }
      lines += explanation.map { margin + $0 }
    }
  }

  /// Fills lines with words; a word that is too long has a line of its own. There is always at least one line.
  private static func wrap(_ text: String, to width: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
      if !line.isEmpty, line.count + 1 + word.count > width {
        lines.append(line)
        line = ""
      }
      line += line.isEmpty ? String(word) : " \(word)"
    }
    return lines + [line]
  }
}
