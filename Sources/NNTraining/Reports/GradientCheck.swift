package import NNData
package import NNGraph
import NNSchedule

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

/// What to check: a model in training, its random draws held fixed.
package struct GradientCheckRequest {
  /// So many examples are made up where there is no data.
  private static let madeUpExamples = 4

  private var setup: ModelSetup

  /// The precision of the setup does not matter: gradients are checked in double precision.
  package init(_ setup: ModelSetup) {
    self.setup = setup
    self.setup.precision = .f64
  }

  /// - Parameters:
  ///   - weights: the path of a weight file; without it the parameters are what they start from.
  ///   - data: all of it is one batch; without it examples are made up.
  package func run(weights: String? = nil, data: DataDescription? = nil) throws -> GradientCheck {
    let model = setup.model
    guard !model.losses.isEmpty else { throw TrainingError("the model has no loss to check", help: "add a line 'loss EXPR'") }
    let table = try data.map { try setup.reader.read($0) } ?? setup.reader.random(model.ports.isEmpty ? 1 : Self.madeUpExamples)
    let instance = try self.instance(of: model, table, [.grad])
    if let weights { try WeightFile.read(weights, into: instance) }
    let analytic = DifferencedLoss(instance)
    let loss = analytic.loss()
    guard loss.isFinite else { throw notFinite(loss, isMadeUp: data == nil) }
    let gradient = analytic.gradient
    var results = [GradientCheck.ParameterResult?](repeating: nil, count: model.parameters.count)
    for group in lossGroups {
      let frozen = FrozenModel(group.model)
      let differenced = frozen.isFrozen || !group.isWhole ? try differencedLoss(of: frozen, group.model, table, like: analytic) : analytic
      for index in group.parameters {
        let error = differenced.relativeError(of: gradient, parameter: index, seed: setup.seed)
        results[index] = GradientCheck.ParameterResult(name: model.parameters[index].name, relativeError: error)
      }
    }
    return GradientCheck(parameters: results.compactMap { $0 })
  }

  private func instance(of model: Model, _ table: ExampleTable, _ entries: [EntryKind]) throws -> ModelInstance {
    var setup = setup
    setup.model = model
    let instance = try setup.instance(entries, batch: table.count)
    try instance.load(table)
    return instance
  }

  /// The losses of a model at the parameters and states of another, its stopped values held at what they are there.
  private func differencedLoss(
    of frozen: FrozenModel, _ model: Model, _ table: ExampleTable, like other: DifferencedLoss
  ) throws -> DifferencedLoss {
    let instance = try self.instance(of: frozen.model, table, [.grad])
    other.copyStart(to: instance)
    if frozen.isFrozen {
      var original = model
      original.bindings = frozen.bindings
      let recorder = try self.instance(of: original, table, [.inspect])
      other.copyStart(to: recorder)
      let values = zip(recorder.reports(of: .inspect), recorder.report(.inspect, count: table.count, stream: other.stream))
        .filter { $0.0.name.hasPrefix("value.") }.map(\.1.numbers)
      frozen.hold(values, in: instance)
    }
    return DifferencedLoss(instance)
  }

  private func notFinite(_ loss: Double, isMadeUp: Bool) -> TrainingError {
    TrainingError(
      "the loss is \(loss), so that there is nothing to compare", range: setup.model.losses.first?.range,
      help: isMadeUp ? "the examples are made up, normal numbers; if the model needs others, give some with '--data'" : nil)
  }

  // MARK: Losses that train only some parameters

  private struct LossGroup {
    let model: Model
    var parameters: [Int]
    let isWhole: Bool
  }

  /// Parameters by the losses that train them: only these are differenced. One that no loss trains is not among them.
  private var lossGroups: [LossGroup] {
    let model = setup.model
    var groups: [[Int]: LossGroup] = [:]
    var order: [[Int]] = []
    for parameter in model.parameters.indices {
      let losses = model.losses.indices.filter { model.losses[$0].trains?.contains(parameter) ?? true }
      if losses.isEmpty { continue }
      if groups[losses] == nil {
        order.append(losses)
        var reduced = model
        reduced.losses = losses.map { model.losses[$0] }
        groups[losses] = LossGroup(model: reduced, parameters: [], isWhole: losses.count == model.losses.count)
      }
      groups[losses]?.parameters.append(parameter)
    }
    return order.compactMap { groups[$0] }
  }
}
