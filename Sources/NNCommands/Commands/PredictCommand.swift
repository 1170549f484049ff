import NNData
import NNGraph
import NNTraining

/// `nnrun predict MODEL.nn`: computes a trained model's outputs.
package struct PredictCommand: Command {
  private static let output = ValueOption<String>(
    "output", short: "o", .text("FILE"), help: "file for the outputs; its name tells the form: .safetensors, .csv or .jsonl")
  private static let format = ValueOption<PredictionFormat>(
    "format", .choice(PredictionFormat.allCases),
    help: "the form: one tensor for each output, one CSV line or one JSON object for each example; text goes to standard output without -o")

  package static let description = CommandDescription(
    name: "nnrun predict",
    summary: "Writes the outputs of a trained model for data.",
    examples: [
      .init("nnrun predict examples/digits.nn --weights digits.run/weights.safetensors --data new.csv -o p.safetensors", "on a file"),
      .init(
        "nnrun predict examples/xor.nn --weights xor.run/weights.safetensors --data 'rows(x: [[0, 1], [1, 1]])' --json",
        "on two examples; the outputs as JSON on standard output"),
      .init("nnrun predict iris.nn --weights w.safetensors --data - --format csv", "from CSV on standard input to CSV on standard output"),
    ],
    operands: [ModelOptions.operand],
    options: [DataOptions.weights.description, DataOptions.data.description, output.description, format.description]
      + CommonOptions.ofRunning,
    notes: ["The data needs no targets; - reads CSV from standard input."])

  private let options: RunOptions
  private let weights: String?
  private let data: DataArgument
  private let output: String?
  private let format: PredictionFormat?
  /// Of the file.
  private let form: PredictionFormat?

  package init(_ arguments: ParsedArguments) throws(UsageError) {
    options = try RunOptions(arguments)
    weights = try arguments.value(of: DataOptions.weights)
    data = DataArgument(try DataOptions.required(DataOptions.data, in: arguments, of: Self.description))
    output = try arguments.value(of: Self.output)
    format = try arguments.value(of: Self.format)
    if output == "-" || (output == nil && format == .safetensors) {
      throw UsageError(
        "safetensors are binary and go to a file", help: "-o FILE names it; --format csv, --format jsonl and --json print text")
    }
    form = format ?? output.flatMap { PredictionFormat(fileName: $0) }
    if let output, form == nil {
      throw UsageError("'\(output)' does not tell in what form", help: "it ends with .safetensors, .csv or .jsonl, or --format names one")
    }
  }

  package func run(in console: Console) throws -> ExitCode {
    let setup = try options.setup(with: data, telling: console)
    guard weights != nil || setup.model.parameters.isEmpty else {
      throw Failure(.usage, "--weights is missing", help: "it names the file that training wrote")
    }
    guard let source = setup.model.recipe.data else { throw Failure(.bad, "there is no data to predict for") }
    let prediction = try setup.explaining { try TrainedModel($0, weights: weights).predict(source) }
    if let output, let form {
      try ResultFile.check(output)
      try prediction.write(to: output, as: form)
      console.say("\(NumberText.count(prediction.examples, "example")): outputs in \(output)")
    }
    if console.isJSON {
      try console.print(JSON.object(prediction.tensors.map { JSON.Member($0.name, $0.json) }).text)
    } else if let format, output == nil {
      try console.results.write(prediction.text(format))
    } else if output == nil {
      try console.print(TensorText.table(prediction.tensors))
    }
    return .done
  }
}
