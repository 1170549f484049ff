import NNData
import NNReport
import NNTraining

/// `nnrun report RUN`: what became of a training, as a page to look at.
package struct ReportCommand: Command {
  private static let output = ValueOption<String>(
    "output", short: "o", .text("FILE"), help: "file for the page; by default report.html in the folder")

  package static let description = CommandDescription(
    name: "nnrun report",
    summary: "Writes a page that shows a training: curves, norms, weights, classes, the worst examples and what is wrong.",
    examples: [
      .init("nnrun report digits.run", "writes digits.run/report.html, which any browser shows"),
      .init("nnrun report digits.run -o digits.html", "to another place"),
    ],
    operands: [.init("RUN", "the folder that 'nnrun train' made")],
    options: [output.description] + CommonOptions.ofEveryCommand,
    notes: [
      "The page is one file and needs no network. A run that is still going on can be looked at, too.",
      "Classes and examples are those of the test data or, where the recipe has none, of what epochs are judged by. Model and data are read "
        + "from where they were when the run began; without them the page has the rest.",
    ])

  private let folder: RunFolder
  private let output: String?

  package init(_ arguments: ParsedArguments) throws(UsageError) {
    folder = RunFolder(arguments.operands[0])
    output = try arguments.value(of: Self.output)
  }

  package func run(in console: Console) throws -> ExitCode {
    guard folder.holdsRun else {
      throw Failure(
        .file, "there is no run in it", help: "it is the folder that 'nnrun train' makes, such as digits.run", file: folder.path)
    }
    let page = try ReportPage.html(ReportFigures(folder, telling: console).report)
    let path = output ?? folder.report
    if path == "-" {
      try console.results.write(page)
    } else {
      FilesRead.add(folder.checkpoint)
      try ResultFile.check(path)
      try FileWriter.write(page, to: path)
      try console.print(console.isJSON ? JSON.object([JSON.Member("report", .string(path))]).text : path)
    }
    return .done
  }
}
