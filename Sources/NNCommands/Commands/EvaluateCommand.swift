import NNData
import NNGraph
import NNTraining

/// `nnrun eval MODEL.nn`: judges a trained model on data.
package struct EvaluateCommand: Command {
  package static let description = CommandDescription(
    name: "nnrun eval",
    summary: "Prints the loss and the metrics of a trained model on data.",
    examples: [
      .init("nnrun eval examples/digits.nn --weights digits.run/weights.safetensors --data digits.csv", "on a file"),
      .init("nnrun eval examples/fashion.nn --weights fashion.run/weights.safetensors", "on the test data of its recipe"),
    ],
    operands: [ModelOptions.operand],
    options: [DataOptions.weights.description, DataOptions.data.description] + CommonOptions.ofRunning,
    notes: [
      "A model that tells one class, by the largest number of an output, gets figures for each class.",
      "Without --data the test data of the model's recipe is used or, where it names none, all of its data; of 'cifar10(DIR)' that is the test file.",
    ])

  private let options: RunOptions
  private let weights: String
  private let data: DataArgument?

  package init(_ arguments: ParsedArguments) throws(UsageError) {
    options = try RunOptions(arguments)
    weights = try DataOptions.required(DataOptions.weights, in: arguments, of: Self.description)
    data = try arguments.value(of: DataOptions.data).map(DataArgument.init)
  }

  package func run(in console: Console) throws -> ExitCode {
    let setup = try options.setup(with: data, telling: console)
    let recipe = setup.model.recipe
    guard let source = data == nil ? recipe.test ?? recipe.data : recipe.data else {
      throw Failure(.bad, "there is no data: neither --data nor a line of the recipe names any")
    }
    if data == nil { console.say("on the \(recipe.test == nil ? "" : "test ")data of the model's recipe") }
    let (evaluation, classes) = try setup.explaining { try TrainedModel($0, weights: weights).evaluate(source) }
    guard console.isJSON else {
      try console.print(EvaluationText.lines(evaluation))
      if let classes { try console.results.write("\n" + EvaluationText.table(classes)) }
      return .done
    }
    try console.print(evaluation.json(with: classes).text)
    return .done
  }
}
