import NNData
import NNGraph
import NNTraining

/// `nnrun sweep MODEL.nn`: trains candidates and ranks them.
package struct SweepCommand: Command {
  private static let output = ValueOption<String>(
    "output", short: "o", .text("FOLDER"), help: "folder for the runs and the ranking; by default NAME.sweep")
  private static let rates = ValueOption<[Double]>("rate", .reals("RATES"), help: "rates of the optimizer to try, such as 0.1,0.01")
  private static let values = ValueOption<Setting>(
    "set", .setting(), repeats: true, help: "values of a 'let' to try, such as hidden=50,100,200; may be repeated")
  private static let trials = ValueOption<Int>(
    "trials", .integer("N", in: 1...100_000), help: "try so many of the candidates, chosen by the seed, and not all")

  package static let description = CommandDescription(
    name: "nnrun sweep",
    summary: "Trains a model in several variants and ranks them by their validation loss.",
    examples: [
      .init("nnrun sweep examples/digits.nn -o digits.sweep --set hidden=50,100,200 --rate 0.1,0.01", "six runs and a table"),
      .init("nnrun sweep examples/digits.nn --set hidden=20,50,100 --rate 1,0.1,0.01 --trials 4", "four of nine"),
    ],
    operands: [ModelOptions.operand],
    options: [values.description, rates.description, trials.description, output.description] + RecipeOptions.descriptions
      + CommonOptions.ofRunning.filter { $0.long != CommonOptions.set.description.long },
    notes: [
      "As many candidates are trained at once as there are cores, or as --threads says, each on one thread; the ranking does not depend on it.",
      "Every candidate is a run in a folder of its own. The same command goes on after a stop: what is done is not done again.",
      "FOLDER/ranking.csv keeps the table. A candidate that fails stands at its end; where all fail, the exit code is 1.",
    ])

  private let options: RunOptions
  private let recipe: RecipeOptions
  private let output: String?
  private let rates: [Double]
  private let trials: Int?

  package init(_ arguments: ParsedArguments) throws(UsageError) {
    options = try RunOptions(arguments)
    recipe = try RecipeOptions(arguments)
    output = try arguments.value(of: Self.output)
    rates = try arguments.value(of: Self.rates) ?? []
    trials = try arguments.value(of: Self.trials)
    guard !options.model.settings.isEmpty || !rates.isEmpty else {
      throw UsageError("there is nothing to vary", help: "--set hidden=50,100 and --rate 0.1,0.01 name what to try")
    }
    let names = options.model.settings.map(\.name)
    if let twice = names.indices.first(where: { names[..<$0].contains(names[$0]) }) {
      let values = options.model.settings.filter { $0.name == names[twice] }.map(\.value).joined(separator: ",")
      throw UsageError("'--set \(names[twice])' is given twice", help: "one list has all values to try: --set \(names[twice])=\(values)")
    }
    for list in options.model.settings where SweepCandidate.values(of: list).contains(where: { $0.allSatisfy(\.isWhitespace) }) {
      throw UsageError("a value is missing in '--set \(list.name)=\(list.value)'", help: "one comma is between two values: hidden=50,100")
    }
  }

  package func run(in console: Console) throws -> ExitCode {
    let all = SweepCandidate.all(options.model.settings, rates)
    let chosen = Trials.choose(trials ?? all.count, of: all.count, seed: options.seed ?? 0).map { all[$0] }
    let setups = try chosen.enumerated().map { try setup($1, telling: $0 == 0 ? console : console.silenced) }
    guard setups.allSatisfy({ $0.model.recipe.validation != nil }) else {
      throw Failure(.bad, "there is nothing to rank the candidates by", help: "hold examples back: --split 'validation: 0.2'")
    }
    let folder = output ?? setups[0].model.name + ".sweep"
    Interruption.listen(isJSON: console.isJSON)
    Interruption.beginWork()
    let runs = SweepRuns(zip(chosen, setups).map { ($0, $1, RunFolder("\(folder)/\($0.name)")) }, console: console)
    let ranking = try runs.run(threads: options.threads)
    if let code = Interruption.requested {
      if console.isJSON { try console.print(ranking.json.text) }
      console.say("stopped; the same command goes on", from: .quiet)
      return code
    }
    try FileWriter.write(ranking.csv, to: folder + "/ranking.csv")
    try console.results.write(console.isJSON ? ranking.json.text + "\n" : ranking.table)
    return ranking.hasOnlyFailures ? .bad : .done
  }

  /// Every candidate has one thread: there are enough of them to keep all cores at work.
  private func setup(_ candidate: SweepCandidate, telling console: Console) throws -> ModelSetup {
    var options = options
    options.model.settings = candidate.settings
    var setup = try options.setup(recipe, telling: console)
    setup.threads = 1
    if let rate = candidate.rate {
      setup.model.recipe.optimizer.arguments["rate"] = rate
      setup.origin = setup.origin?.adding("\(RecipeOptions.optimizer.description.spelling)=\(setup.model.recipe.optimizer.text)")
    }
    return setup
  }
}

extension RunOrigin {
  /// With an option more, which counts for what was said before.
  fileprivate func adding(_ option: String) -> RunOrigin {
    let end = arguments.lastIndex(of: "--") ?? arguments.endIndex
    return RunOrigin(arguments: arguments[..<end] + [option] + arguments[end...], model: model)
  }
}
