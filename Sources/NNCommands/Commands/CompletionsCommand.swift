import NNData

/// `nnrun completions SHELL`: completions of both programs' command lines.
package struct CompletionsCommand: Command {
  package static let description = CommandDescription(
    name: "nnrun completions",
    summary: "Prints what lets a shell complete the command lines of nnrun and nncc.",
    examples: [
      .init("nnrun completions bash >~/.local/share/bash-completion/completions/nnrun", "for bash"),
      .init("nnrun completions zsh >>~/.zshrc", "for zsh"),
      .init("nnrun completions fish >~/.config/fish/completions/nnrun.fish", "for fish"),
    ],
    operands: [.init("SHELL", "bash, zsh or fish")],
    options: CommonOptions.ofEveryCommand)

  private let shell: Shell

  package init(_ arguments: ParsedArguments) throws(UsageError) {
    let reader = ValueReader<Shell>.choice(Shell.allCases)
    switch reader.read(arguments.operands[0]) {
    case .value(let shell): self.shell = shell
    case .expected(let expectation, let help):
      throw UsageError("the shell is \(expectation), not '\(arguments.operands[0])'", help: help)
    }
  }

  package func run(in console: Console) throws -> ExitCode {
    let script = CompletionScript.text(for: shell, [.nnrun, .nncc])
    try console.results.write(console.isJSON ? JSON.object([JSON.Member("completions", .string(script))]).text + "\n" : script)
    return .done
  }
}
