import NNData
import NNGraph
import NNTraining

/// `nnrun grad MODEL.nn`: the loss, every named value and every gradient.
package struct GradientCommand: Command {
  private static let output = ValueOption<String>(
    "output", short: "o", .text("G.safetensors"), help: "file for the tensors loss, value.NAME and grad.NAME, and of jvp and hvp.NAME")
  private static let jvp = ValueOption<String>(
    "jvp", .text("DIRECTION.safetensors"), help: "derive the loss along a direction, too: a tensor for each parameter, by its name")
  private static let hvp = ValueOption<String>(
    "hvp", .text("DIRECTION.safetensors"), help: "multiply the Hessian of the loss by a direction, too")

  package static let description = CommandDescription(
    name: "nnrun grad",
    summary: "Prints the loss, every named value and the gradient of the loss by every parameter and input, for one batch.",
    examples: [
      .init("nnrun grad examples/gates.nn", "f = -12; gradients x = -4, y = -4, z = 3"),
      .init("nnrun grad examples/digits.nn --weights digits.run/weights.safetensors --data digits.csv -o g.safetensors", "of a file"),
      .init("nnrun grad examples/digits.nn --hvp digits.run/weights.safetensors", "curvature along the weights, and the gradients"),
      .init("nnrun grad examples/gates.nn --json --dtype f64", "with every digit, for a program to read"),
    ],
    operands: [ModelOptions.operand],
    options: [DataOptions.weights.description, DataOptions.data.description, output.description, jvp.description, hvp.description]
      + CommonOptions.ofRunning,
    notes: [
      "The data is one batch, computed as in training. Without --data it is the rows written in the model's recipe or, where there "
        + "are none, random; without --weights they are what training starts from. The seed decides about what is random."
    ])

  private let options: RunOptions
  private let weights: String?
  private let data: DataArgument?
  private let output: String?
  private let jvp: String?
  private let hvp: String?

  package init(_ arguments: ParsedArguments) throws(UsageError) {
    options = try RunOptions(arguments)
    weights = try arguments.value(of: DataOptions.weights)
    data = try arguments.value(of: DataOptions.data).map(DataArgument.init)
    output = try arguments.value(of: Self.output)
    jvp = try arguments.value(of: Self.jvp)
    hvp = try arguments.value(of: Self.hvp)
    if output == "-" { throw UsageError("the tensors are written as binary, to a file", help: "--json prints them as text") }
  }

  package func run(in console: Console) throws -> ExitCode {
    let setup = try options.setup(with: data, telling: console)
    let report = try setup.explaining { setup in
      try GradientRequest(setup).run(weights: weights, data: data == nil ? nil : setup.model.recipe.data, jvp: jvp, hvp: hvp)
    }
    for remark in report.remarks { console.say(remark) }
    if let output {
      try ResultFile.check(output)
      try report.write(to: output)
    }
    try console.print(console.isJSON ? report.json.text : text(of: report))
    return .done
  }

  private func text(of report: GradientReport) -> String {
    var lines = ["loss  \(NumberText.short(report.loss))"]
    if !report.values.isEmpty { lines += ["", "values", TensorText.table(report.values)] }
    if !report.gradients.isEmpty { lines += ["", "gradients of the loss", TensorText.table(report.gradients)] }
    if let jvp = report.directional.jvp { lines += ["", "jvp  \(NumberText.short(jvp))"] }
    if let hvp = report.directional.hvp { lines += ["", "hvp", TensorText.table(hvp)] }
    return lines.joined(separator: "\n")
  }
}
