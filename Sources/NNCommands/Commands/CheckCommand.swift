import NNData
import NNGraph
import NNTraining

/// `nnrun check MODEL.nn`: are the gradients right?
package struct CheckCommand: Command {
  package static let description = CommandDescription(
    name: "nnrun check",
    summary: "Compares a model's gradients with centred differences, in double precision.",
    examples: [
      .init("nnrun check examples/digits.nn", "prints the largest relative error for each parameter; ends with 1 if one is too large"),
      .init("nnrun check examples/digits.nn --seed 2 --json", "other random weights, data and directions; as JSON"),
    ],
    operands: [ModelOptions.operand],
    options: [DataOptions.weights.description, DataOptions.data.description] + CommonOptions.ofRunning,
    notes: ["Weights and data are random, from the seed, unless they are given."])

  private let options: RunOptions
  private let weights: String?
  private let data: DataArgument?

  package init(_ arguments: ParsedArguments) throws(UsageError) {
    options = try RunOptions(arguments)
    weights = try arguments.value(of: DataOptions.weights)
    data = try arguments.value(of: DataOptions.data).map(DataArgument.init)
  }

  package func run(in console: Console) throws -> ExitCode {
    let setup = try options.setup(with: data, telling: console)
    let check = try setup.explaining { setup in
      try GradientCheckRequest(setup).run(weights: weights, data: data == nil ? nil : setup.model.recipe.data)
    }
    try console.print(console.isJSON ? check.json.text : text(of: check))
    return check.passed ? .done : .bad
  }

  private func text(of check: GradientCheck) -> String {
    let width = check.parameters.map(\.name.count).max() ?? 0
    let rows = check.parameters.map { parameter in
      let padding = String(repeating: " ", count: width - parameter.name.count)
      return "\(parameter.name)\(padding)  \(NumberText.short(parameter.relativeError))"
    }
    let largest = NumberText.short(check.maximumRelativeError)
    let verdict = check.passed ? "passed" : "failed: more than \(NumberText.short(GradientCheck.tolerance))"
    return (rows + ["largest relative error \(largest): \(verdict)"]).joined(separator: "\n")
  }
}
