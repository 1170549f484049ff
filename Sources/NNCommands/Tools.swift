extension Tool {
  package static let nncc = Tool(
    name: "nncc", summary: CompileCommand.description.summary, commands: [CompileCommand.self, FormatCommand.self])

  package static let nnrun = Tool(
    name: "nnrun",
    summary: "Trains, judges, checks and times neural networks written in the language of nncc.",
    commands: [
      TrainCommand.self, EvaluateCommand.self, PredictCommand.self, ReportCommand.self, TuneCommand.self, SweepCommand.self,
      GradientCommand.self, CheckCommand.self, BenchCommand.self, CompletionsCommand.self, ManualCommand.self,
    ])
}
