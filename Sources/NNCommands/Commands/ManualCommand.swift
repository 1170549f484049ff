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
    let commands = (Tool.nnrun.commands + Tool.nncc.commands).map { $0.description }
    let pages = [("nnrun", ManualPage.text(of: Tool.nnrun))] + commands.map { (ManualPage.name(of: $0), ManualPage.text(of: $0)) }
    for (name, text) in pages { try FileWriter.write(text, to: "\(folder)/\(name).1") }
    if console.isJSON { try console.print(JSON.object([JSON.Member("pages", .array(pages.map { .string("\($0.0).1") }))]).text) }
    return .done
  }
}
