import NNData
import NNSource
import NNSyntax

/// `nncc fmt MODEL.nn ...`: lays the text of models out.
package struct FormatCommand: Command {
  private static let checks = FlagOption(
    "check", help: "write nothing; name the files that are not formatted, and end with 1 if there are any")

  package static let description = CommandDescription(
    name: "nncc fmt",
    summary: "Formats models: spaces, indentation and columns.",
    examples: [
      .init("nncc fmt examples/*.nn", "formats these files"),
      .init("nncc fmt --check examples/*.nn", "names those that are not formatted"),
      .init("nncc fmt - < model.nn", "prints a model from standard input formatted"),
    ],
    operands: [.init("MODEL.nn", "the models; - reads one from standard input and prints it", repeats: true)],
    options: [checks.description] + CommonOptions.ofEveryCommand,
    notes: [
      "Only spaces, blank lines, line ends around braces and needless semicolons change: comments stay, and so does what the model means. A file with errors is left as it is.",
      "Words that begin neighbouring lines (input and target, loss and metric, the lines of a recipe) are padded to one width. The = of neighbouring lines are lined up where one of them was, comments where they follow each other.",
    ])

  private struct Text {
    let path: String
    let before: [UInt8]
    let after: [UInt8]
    var isChanged: Bool { before != after }
  }

  private let paths: [String]
  private let checks: Bool

  package init(_ arguments: ParsedArguments) throws(UsageError) {
    paths = arguments.operands
    checks = arguments.has(Self.checks)
    guard paths.count(where: { $0 == "-" }) <= 1 else { throw UsageError("standard input can be read only once") }
  }

  package func run(in console: Console) throws -> ExitCode {
    var sources = SourceMap()
    var diagnostics: [Diagnostic] = []
    var texts: [Text] = []
    for path in paths {
      let bytes = try path == "-" ? StandardInput.read() : ByteBuffer(contentsOf: path).array
      let (after, found) = ModelFormatter.format(bytes, file: sources.add(name: path, bytes: bytes))
      diagnostics += found
      guard let after else { continue }
      guard ModelFormatter.areEquivalent(bytes, after) else { throw Self.changesMeaning(of: path) }
      texts.append(Text(path: path, before: bytes, after: after))
    }
    if !checks { try write(texts, in: console) }
    guard diagnostics.isEmpty else { throw Failure(diagnostics, in: sources) }
    if console.isJSON { try console.print(json(texts).text) }
    guard checks else { return .done }
    let changed = texts.filter(\.isChanged)
    if !console.isJSON { for text in changed { try console.print(text.path) } }
    return changed.isEmpty ? .done : .bad
  }

  private func write(_ texts: [Text], in console: Console) throws {
    for text in texts {
      if text.path == "-" {
        if !console.isJSON { try console.results.write(text.after) }
      } else if text.isChanged {
        try FileWriter.write(text.after, to: text.path)
        console.say("formatted \(text.path)")
      }
    }
  }

  /// `{"files": [{"path": .., "formatted": false}]}`: what the files were before; of standard input also the text.
  private func json(_ texts: [Text]) -> JSON {
    let files = texts.map { text in
      var members = [JSON.Member("path", .string(text.path)), JSON.Member("formatted", .bool(!text.isChanged))]
      if text.path == "-" { members.append(JSON.Member("text", .string(String(decoding: text.after, as: UTF8.self)))) }
      return JSON.object(members)
    }
    return .object([JSON.Member("files", .array(files))])
  }

  private static func changesMeaning(of path: String) -> Failure {
    Failure(
      .internalError, "formatting would change what the model means, so nothing is written",
      help: "this is a bug of nncc, not of your model; please report it with the model", file: path)
  }
}
