import NNData

/// `nnrun manual FOLDER`: pages for `man`.
package struct ManualCommand: Command {
  package static let description = CommandDescription(
    name: "nnrun manual",
    summary: "Writes manual pages of nnrun, nncc and every command.",
    examples: [.init("nnrun manual ~/.local/share/man/man1", "'man nnrun-train' shows what 'nnrun train --help' does")],
    operands: [.init("FOLDER", "where the pages go, such as nnrun-train.1")],
    options: CommonOptions.ofEveryCommand)

  private let folder: String

  package init(_ arguments: ParsedArguments) throws(UsageError) { folder = arguments.operands[0] }

  package func run(in console: Console) throws -> ExitCode {
    try Folder.make(folder)
    try FileWriter.write(ManualPage.text(of: Tool.nnrun), to: "\(folder)/nnrun.1")
    for command in (Tool.nnrun.commands + Tool.nncc.commands).map({ $0.description }) {
      try FileWriter.write(ManualPage.text(of: command), to: "\(folder)/\(ManualPage.name(of: command)).1")
    }
    return .done
  }
}
