import NNData
import NNGraph
import NNTraining

/// `nnrun train MODEL.nn`: trains a model by its recipe.
package struct TrainCommand: Command {
  private static let output = ValueOption<String>(
    "output", short: "o", .text("RUN"), help: "folder for weights, checkpoint and metrics; by default NAME.run")
  private static let weights = ValueOption<String>(
    "weights", .text("W.safetensors"), help: "weights to begin with, of this very model, instead of drawn ones")
  private static let resume = FlagOption("resume", help: "go on from the checkpoint in the folder, if there is one")
  private static let saveEvery = ValueOption<Int>(
    "save-every", .integer("SECONDS", in: 0...1_000_000),
    help: "the most seconds of work that a crash may cost; by default \(Int(Trainer.saveInterval))")

  private static let plot = FlagOption("plot", help: "draw the loss of every epoch when all is done")
  private static let tensorboard = FlagOption(
    "tensorboard", help: "keep the figures of every epoch in an event file, too: 'tensorboard --logdir RUN' shows it")

  package static let description = CommandDescription(
    name: "nnrun train",
    summary: "Trains a model by the recipe in its train block and saves its weights.",
    examples: [
      .init("nnrun train examples/digits.nn -o digits.run", "writes digits.run/weights.safetensors, checkpoint and metrics.jsonl"),
      .init("nnrun train examples/digits.nn -o longer.run --epochs 50 --set hidden=200", "another recipe, another network"),
      .init("nnrun train examples/digits.nn -o digits.run --resume", "goes on where it was stopped"),
      .init("nnrun train examples/digits.nn -o tuned.run --weights digits.run/weights.safetensors", "a new run from trained weights"),
      .init("nnrun train xor.nn --data 'rows(x: [[0, 1]], t: [[1]])' --optimizer 'adam(rate: 0.01)'", "other data, another rule"),
    ],
    operands: [ModelOptions.operand],
    options: [
      output.description, weights.description, resume.description, saveEvery.description, plot.description, tensorboard.description,
    ]
      + RecipeOptions.descriptions
      + CommonOptions.ofRunning,
    notes: [
      "Ctrl-C and SIGTERM finish the step, save the checkpoint and end with 130 and 143, as does the end of the terminal, with 129; a second "
        + "Ctrl-C ends at once.",
      "A folder that holds a run is left alone unless --resume is given; it goes on bit for bit, with the model and data it began with.",
    ])

  private let options: RunOptions
  private let recipe: RecipeOptions
  private let output: String?
  private let resumes: Bool
  private let weights: String?
  private let plots: Bool
  private let writesEvents: Bool
  private let saveInterval: Double

  package init(_ arguments: ParsedArguments) throws(UsageError) {
    options = try RunOptions(arguments)
    recipe = try RecipeOptions(arguments)
    output = try arguments.value(of: Self.output)
    resumes = arguments.has(Self.resume)
    weights = try arguments.value(of: Self.weights)
    plots = arguments.has(Self.plot)
    writesEvents = arguments.has(Self.tensorboard)
    saveInterval = try arguments.value(of: Self.saveEvery).map(Double.init) ?? Trainer.saveInterval
  }

  package func run(in console: Console) throws -> ExitCode {
    let setup = try options.setup(recipe, telling: console)
    let folder = RunFolder(output ?? setup.model.name + ".run")
    Interruption.listen(isJSON: console.isJSON)
    var display = TrainingDisplay(console: console, sources: setup.sources)
    var events = writesEvents ? TensorBoardLog(folder) : nil
    let result = try setup.explaining { setup in
      defer { display.end() }
      return try Trainer(setup, folder: folder, resumes: resumes, weights: weights, saveInterval: saveInterval).run(
        observer: { event in
          display.show(event)
          if case .finishedEpoch(let record) = event { events?.add(record) }
        }, isInterrupted: { Interruption.requested != nil }, begins: Interruption.beginWork)
    }
    events?.finish()
    if let trouble = events?.trouble { console.warn("the event file stays behind: \(trouble.message)") }
    if console.isJSON { try console.print(result.json.text) } else { try printText(result, folder, in: console) }
    if plots, let chart = try EvaluationText.chart(folder.records()) { console.say(chart) }
    guard result.isInterrupted else { return .done }
    console.say("stopped after epoch \(result.epochs); the same command with --resume goes on", from: .quiet)
    return Interruption.requested ?? .done
  }

  private func printText(_ result: TrainingResult, _ folder: RunFolder, in console: Console) throws {
    if let record = result.judged {
      let (training, validation) = EvaluationText.line(record)
      try console.print("epochs      \(result.epochs), in \(NumberText.duration(seconds: result.seconds))")
      if let best = result.best { try console.print("best epoch  \(best.epoch)") }
      try console.print("training    \(training)")
      if let validation { try console.print("validation  \(validation)") }
    }
    if let test = result.test { try console.print("test        \(EvaluationText.line(test))") }
    try console.print("weights     \(folder.weights)")
  }
}
