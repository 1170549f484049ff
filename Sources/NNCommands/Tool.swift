import NNSource

/// A program: commands that its first argument chooses from, and one of its own name where that is none of them.
package struct Tool: Sendable {
  package let name: String
  package let summary: String
  package let commands: [any Command.Type]

  package static let version = "0.1.0"

  package init(name: String, summary: String, commands: [any Command.Type]) {
    self.name = name
    self.summary = summary
    self.commands = commands
  }

  /// Does what the arguments (without the program's name) ask for. Everything that can go wrong ends here, told to the user.
  package func run(_ arguments: [String], in console: Console) -> ExitCode {
    var console = console
    // Until the line is understood, its own words decide how an error in it is told.
    console.isJSON = arguments.prefix { $0 != "--" }.contains(CommonOptions.json.description.spelling)
    do {
      return try dispatch(arguments, &console)
    } catch {
      return console.report(error, from: name)
    }
  }

  private func dispatch(_ arguments: [String], _ console: inout Console) throws -> ExitCode {
    guard let (command, rest) = try choose(arguments, console) else { return .done }
    let parsed = try ArgumentParser.parse(rest, for: command.description)
    if parsed.has(CommonOptions.help) { return try show(HelpText.text(of: command.description), console) }
    if parsed.has(CommonOptions.version) { return try show("\(name) \(Self.version)\n", console) }
    console = try console.configured(by: parsed)
    return try command.init(parsed).run(in: console)
  }

  private func show(_ text: String, _ console: Console) throws -> ExitCode {
    try console.results.write(text)
    return .done
  }

  /// The command that is meant and what is said to it; nil if the question was about the program itself, and is answered.
  private func choose(_ arguments: [String], _ console: Console) throws -> (any Command.Type, [String])? {
    if let own = commands.first(where: { $0.description.name == name }) {
      let chosen = arguments.first.flatMap(command)
      // A model's name has a dot; what has none and is close to a command was meant to be one.
      if chosen == nil, arguments.count > 1, let word = arguments.first, !word.contains("."), let help = didYouMean(word, among: words) {
        throw UsageError("unknown command '\(word)'", help: help)
      }
      return (chosen ?? own, Array(chosen == nil ? arguments[...] : arguments.dropFirst()))
    }
    guard let word = arguments.first else {
      throw UsageError("a command is missing: \(words.joined(separator: ", "))", help: "'\(name) --help' tells about them")
    }
    if let command = command(named: word) { return (command, Array(arguments.dropFirst())) }
    switch word {
    case "--help", "-h": _ = try show(HelpText.text(of: self), console)
    case "--version": _ = try show("\(name) \(Self.version)\n", console)
    case "help":
      guard arguments.count > 1 else { _ = try show(HelpText.text(of: self), console); break }
      guard let command = command(named: arguments[1]) else { throw unknown(arguments[1]) }
      _ = try show(HelpText.text(of: command.description), console)
    default: throw unknown(word)
    }
    return nil
  }

  private var words: [String] {
    commands.map { $0.description.name }.filter { $0 != name }.map { String($0.dropFirst(name.count + 1)) }
  }

  private func command(named word: String) -> (any Command.Type)? {
    commands.first { $0.description.name == "\(name) \(word)" }
  }

  private func unknown(_ word: String) -> UsageError {
    let what = word.hasPrefix("-") ? "a command comes first, not '\(word)'" : "unknown command '\(word)'"
    return UsageError(what, help: didYouMean(word, among: words) ?? "the commands are \(words.joined(separator: ", "))")
  }
}
