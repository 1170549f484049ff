/// A page for `man`, made from the description that parses and explains the command line.
struct ManualPage {
  private var lines: [String]

  /// `nnrun-train` for `nnrun train`.
  static func name(of command: CommandDescription) -> String { command.name.replacing(" ", with: "-") }

  static func text(of command: CommandDescription) -> String {
    var page = ManualPage(title: name(of: command), summary: command.summary)
    page.add(section: "SYNOPSIS", ".B \(escaped(command.name))", escaped(command.usage.dropFirst(command.name.count + 1)))
    page.add(section: "EXAMPLES")
    for example in command.examples { page.add(term: example.line, example.meaning) }
    if !command.operands.isEmpty { page.add(section: "OPERANDS") }
    for operand in command.operands { page.add(term: operand.name, operand.help) }
    for group in OptionDescription.Group.allCases {
      let options = command.options.filter { $0.group == group }
      if !options.isEmpty { page.add(section: group.rawValue.uppercased()) }
      for option in options {
        let short = option.short.map { "-\($0), " } ?? ""
        page.add(term: short + option.spelling + (option.placeholder.map { " " + $0 } ?? ""), option.help)
      }
    }
    page.add(section: "EXIT STATUS")
    for (code, meaning) in ExitCode.meanings { page.add(term: "\(code)", meaning) }
    if !command.notes.isEmpty { page.add(section: "NOTES") }
    for note in command.notes { page.lines += [".PP", escaped(note)] }
    return page.lines.joined(separator: "\n") + "\n"
  }

  /// The page of a program that has commands.
  static func text(of tool: Tool) -> String {
    var page = ManualPage(title: tool.name, summary: tool.summary)
    page.add(section: "SYNOPSIS", ".B \(tool.name)", escaped("COMMAND MODEL.nn [options]"))
    page.add(section: "COMMANDS")
    for command in tool.commands.map({ $0.description }) { page.add(term: command.name, command.summary) }
    page.add(section: "SEE ALSO", escaped(tool.commands.map { "\(name(of: $0.description))(1)" }.joined(separator: ", ")))
    return page.lines.joined(separator: "\n") + "\n"
  }

  private init(title: String, summary: String) {
    lines = [".TH \"\(title.uppercased())\" 1 \"\" \"nncc \(Tool.version)\"", ".SH NAME", Self.escaped("\(title) - \(summary)")]
  }

  private mutating func add(section: String, _ text: String...) { lines += [".SH \"\(section)\""] + text }

  private mutating func add(term: String, _ text: String) { lines += [".TP", ".B \(Self.escaped(term))", Self.escaped(text)] }

  /// A backslash begins a command of the formatter, and so does a point or a quote at the start of a line.
  private static func escaped(_ text: some StringProtocol) -> String {
    let plain = String(text).replacing("\\", with: "\\e").replacing("-", with: "\\-").replacing("\"", with: "\\(dq")
    return plain.hasPrefix(".") || plain.hasPrefix("'") ? "\\&" + plain : plain
  }
}
