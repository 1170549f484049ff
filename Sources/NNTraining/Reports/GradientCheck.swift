package import NNData
package import NNExecution
package import NNGraph
import NNSchedule
package import NNSource

/// Gradients against differences of the loss, in double precision: `nnrun check`.
package struct GradientCheck: Sendable {
  /// The largest relative error that still passes.
  package static let tolerance = 1e-6

  package struct ParameterResult: Sendable {
    package let name: String
    /// The largest of its directions.
    package let relativeError: Double
  }

  package let parameters: [ParameterResult]

  package var maximumRelativeError: Double {
    parameters.reduce(0) { $1.relativeError.isNaN ? .infinity : max($0, $1.relativeError) }
  }
  package var passed: Bool { maximumRelativeError <= Self.tolerance }

  /// `{"passed": true, "max_relative_error": 1e-9, "parameters": {"W": 1e-9}}`.
  package var json: JSON {
    [
      "passed": .bool(passed), "max_relative_error": .number(maximumRelativeError),
      "parameters": .object(parameters.map { JSON.Member($0.name, .number($0.relativeError)) }),
    ]
  }
}

/// What to check: the model at its initial parameters, on made-up examples, its random draws held fixed.
package struct GradientCheckRequest {
  private static let examples = 4

  private let model: Model
  private let sources: SourceMap
  private let compiler: CompilerChoice

  package init(_ model: Model, sources: SourceMap, compiler: CompilerChoice = .tcc) {
    self.model = model
    self.sources = sources
    self.compiler = compiler
  }

  package func run() throws -> GradientCheck {
    guard !model.losses.isEmpty else { throw TrainingError("the model has no loss to check", help: "add a line 'loss EXPR'") }
    let count = model.ports.isEmpty ? 1 : Self.examples
    let reader = ExampleReader(model: model, precision: .f64, baseFolder: "", seed: model.recipe.seed)
    let table = try reader.random(count)
    let analytic = try DifferencedLoss(try instance(of: model, table))
    let loss = analytic.loss()
    guard loss.isFinite else {
      throw TrainingError(
        "the loss at the initial parameters is \(loss), so that there is nothing to compare", range: model.losses.first?.range,
        help: "the examples are made up: normal numbers; the model may need others, such as positive ones")
    }
    let gradient = analytic.gradient
    var results = [GradientCheck.ParameterResult?](repeating: nil, count: model.parameters.count)
    for group in lossGroups {
      let differenced = try group.isWhole ? analytic : DifferencedLoss(instance(of: group.model, table))
      for index in group.parameters {
        let error = differenced.relativeError(of: gradient, parameter: index, seed: model.recipe.seed)
        results[index] = GradientCheck.ParameterResult(name: model.parameters[index].name, relativeError: error)
      }
    }
    return GradientCheck(parameters: results.compactMap { $0 })
  }

  private func instance(of model: Model, _ table: ExampleTable) throws -> ModelInstance {
    let options = ProgramOptions(compiler: compiler, precision: .f64, batch: table.count)
    let instance = try ModelInstance(model, sources: sources, entries: [.grad], options: options)
    instance.initialize(seed: model.recipe.seed)
    instance.memory.examples.gather(0..<table.count, of: table)
    return instance
  }

  // MARK: Losses that train only some parameters

  private struct LossGroup {
    let model: Model
    var parameters: [Int]
    let isWhole: Bool
  }

  /// Parameters by the losses that train them: only these are differenced.
  private var lossGroups: [LossGroup] {
    var groups: [[Int]: LossGroup] = [:]
    var order: [[Int]] = []
    for parameter in model.parameters.indices {
      let losses = model.losses.indices.filter { model.losses[$0].trains?.contains(parameter) ?? true }
      if groups[losses] == nil {
        order.append(losses)
        var reduced = model
        reduced.losses = losses.map { model.losses[$0] }
        groups[losses] = LossGroup(model: reduced, parameters: [], isWhole: losses.count == model.losses.count || losses.isEmpty)
      }
      groups[losses]?.parameters.append(parameter)
    }
    return order.compactMap { groups[$0] }
  }
}
