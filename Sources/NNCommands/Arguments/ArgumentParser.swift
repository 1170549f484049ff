import NNSource

/// Reads a command line as a command's description allows.
///
/// Options and operands may come in any order: `--opt V`, `--opt=V`, `-o V`, `-oV`, and flags of one letter together (`-qv`). After `--`
/// everything is an operand; `-` always is one.
struct ArgumentParser {
  private let command: CommandDescription
  private var rest: ArraySlice<String>
  private var parsed = ParsedArguments()

  private init(_ command: CommandDescription, _ arguments: [String]) {
    self.command = command
    self.rest = arguments[...]
  }

  static func parse(_ arguments: [String], for command: CommandDescription) throws(UsageError) -> ParsedArguments {
    var parser = ArgumentParser(command, arguments)
    try parser.parseAll()
    if !parser.parsed.asksAboutItself { try parser.checkOperands() }
    return parser.parsed
  }

  private mutating func parseAll() throws(UsageError) {
    while let argument = rest.popFirst() {
      if argument == "--" {
        parsed.operands += rest
        return
      } else if argument.hasPrefix("--") {
        try parseLong(argument)
      } else if argument.hasPrefix("-"), argument != "-" {
        try parseShort(argument)
      } else {
        parsed.operands.append(argument)
      }
    }
  }

  private mutating func parseLong(_ argument: String) throws(UsageError) {
    let parts = argument.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard let option = command.option(long: parts[0]) else {
      throw UsageError(
        "unknown option '--\(parts[0])'", help: didYouMean("--\(parts[0])", among: spellings) ?? seeHelp)
    }
    guard option.placeholder != nil else {
      guard parts.count == 1 else { throw UsageError("\(option.spelling) takes no value, but '\(parts[1])' was given") }
      return parsed.add(option, value: "")
    }
    parsed.add(option, value: parts.count == 2 ? parts[1] : try nextValue(of: option))
  }

  private mutating func parseShort(_ argument: String) throws(UsageError) {
    var letters = argument.dropFirst()
    if letters.count > 1, let meant = command.option(long: String(letters.prefix { $0 != "=" })) {
      throw UsageError("unknown option '\(argument)'", help: "did you mean '\(meant.spelling)'?")
    }
    while let letter = letters.popFirst() {
      guard let option = command.option(short: letter) else {
        throw UsageError("unknown option '-\(letter)' in '\(argument)'", help: didYouMean("-\(argument)", among: spellings) ?? seeHelp)
      }
      if option.placeholder == nil {
        parsed.add(option, value: "")
      } else {
        parsed.add(option, value: letters.isEmpty ? try nextValue(of: option) : String(letters))
        return
      }
    }
  }

  /// What follows an option is its value, unless it is an option itself: `-o --json` lacks a folder.
  private mutating func nextValue(of option: OptionDescription) throws(UsageError) -> String {
    let name = option.short.map { "\(option.spelling) (-\($0))" } ?? option.spelling
    guard let next = rest.first, !isOption(next) else {
      throw UsageError("\(name) needs a value: \(option.spelling) \(option.placeholder ?? "VALUE")")
    }
    rest.removeFirst()
    return next
  }

  private func isOption(_ argument: String) -> Bool {
    guard argument.hasPrefix("-"), argument != "-" else { return false }
    if argument.hasPrefix("--") { return true }
    return argument.dropFirst().first.map { command.option(short: $0) != nil } ?? false
  }

  private func checkOperands() throws(UsageError) {
    let wanted = command.operands
    if parsed.operands.count < wanted.count {
      throw UsageError("\(wanted[parsed.operands.count].name) is missing", help: "usage: \(command.usage)")
    }
    if parsed.operands.count > wanted.count, wanted.last?.repeats != true {
      throw UsageError("unexpected argument '\(parsed.operands[wanted.count])'", help: "usage: \(command.usage)")
    }
  }

  private var spellings: [String] { command.options.map(\.spelling) }
  private var seeHelp: String { "'\(command.name) --help' lists the options" }
}
