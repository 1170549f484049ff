import Glibc
import NNData
import NNTraining

/// `nnrun tune MODEL.nn`: finds a learning rate.
package struct TuneCommand: Command {
  package static let description = CommandDescription(
    name: "nnrun tune",
    summary: "Finds a learning rate: trains a few steps at ever higher rates, and draws what becomes of the loss.",
    examples: [
      .init("nnrun tune examples/digits.nn", "draws the loss by rate and suggests one"),
      .init("nnrun tune examples/digits.nn --optimizer 'adam(rate: 1)' --batch 64 --json", "for another rule and batch; as JSON"),
    ],
    operands: [ModelOptions.operand],
    options: RecipeOptions.ofSteps + CommonOptions.ofRunning,
    notes: [
      "The rate of the optimizer and the schedule are left aside, nothing is saved. The suggestion is a tenth of the rate where the loss is least."
    ])

  private let options: RunOptions
  private let recipe: RecipeOptions

  package init(_ arguments: ParsedArguments) throws(UsageError) {
    options = try RunOptions(arguments)
    recipe = try RecipeOptions(arguments)
  }

  package func run(in console: Console) throws -> ExitCode {
    let setup = try options.setup(recipe, telling: console)
    let range = try setup.explaining { try RateSearch($0).run() }
    if console.isJSON {
      try console.print(range.json.text)
    } else {
      try printText(range, in: console)
    }
    return .done
  }

  private func printText(_ range: RateRange, in console: Console) throws {
    let series = TextChart.Series(mark: "*", points: range.points.map { (log10($0.rate), $0.loss) })
    let ends = [range.points.first, range.points.last].map { NumberText.short($0?.rate ?? 0, digits: 2) }
    if let chart = TextChart([series]) {
      try console.print("loss by rate, on a logarithmic scale\n\n" + chart.text(first: ends[0], last: ends[1]) + "\n")
    }
    guard let rate = range.suggestion, let least = range.least else {
      return try console.print("nothing was learnt at any rate up to \(ends[1]): is the loss what the model should lessen?")
    }
    try console.print("suggested rate  \(NumberText.short(rate, digits: 2))")
    try console.print("least loss      \(NumberText.short(least.loss, digits: 4)), at rate \(NumberText.short(least.rate, digits: 2))")
  }
}
