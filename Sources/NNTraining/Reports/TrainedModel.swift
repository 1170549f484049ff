package import NNData
package import NNGraph
import NNSchedule

/// The outputs of a model for data.
package struct Prediction: Sendable {
  package let examples: Int
  /// By output, with the examples as first axis.
  package let tensors: [Tensor]
}

/// A trained model at work on data: `nnrun eval` and `nnrun predict`.
package struct TrainedModel {
  let setup: ModelSetup
  let weights: String?

  /// - Parameter weights: the path of a weight file; a model without parameters needs none.
  package init(_ setup: ModelSetup, weights: String?) {
    self.setup = setup
    self.weights = weights
  }

  /// Losses and metrics over all of the data; for a classifier what becomes of each class.
  package func evaluate(_ data: DataDescription) throws -> (evaluation: Evaluation, classes: ClassFigures?) {
    guard !model.losses.isEmpty || !model.metrics.isEmpty else {
      throw TrainingError("the model has no loss and no metric to judge it by", help: "add a line 'loss EXPR' or 'metric EXPR'")
    }
    let judged = model.losses.map(\.value) + model.metrics.map(\.value)
    let table = try setup.reader.read(data, for: .test, isNeeded: needs(of: judged))
    let answers = ClassFigures(model).map { figures in model.outputs.filter { $0.name == figures.output }.map(\.value) } ?? []
    let canAnswer = !answers.isEmpty && zip(model.ports, table.columns).allSatisfy { $1 != nil || !needs(of: answers)($0) }
    let evaluator = Evaluator(instance: try instance(canAnswer ? [.evaluate, .infer] : [.evaluate]))
    return (try evaluator.evaluate(table), canAnswer ? try evaluator.classFigures(table) : nil)
  }

  /// The outputs for all of the data.
  package func predict(_ data: DataDescription) throws -> Prediction {
    guard !model.outputs.isEmpty else { throw TrainingError("the model has no output", help: "add a line 'output EXPR'") }
    let table = try setup.reader.read(data, for: .test, isNeeded: needs(of: model.outputs.map(\.value)))
    return try predict(table, with: try instance([.infer]))
  }

  private var model: Model { setup.model }

  private func instance(_ entries: [EntryKind]) throws -> ModelInstance {
    let instance = try setup.instance(entries, batch: model.recipe.batch)
    if let weights { try WeightFile.read(weights, into: instance) }
    return instance
  }

  /// Which ports the given values, and the states they may come from, depend on.
  private func needs(of values: [Value]) -> (Port) -> Bool {
    let advanced = model.states.filter(\.type.isBatched).compactMap(\.next)
    let isReached = model.graph.graph.reachable(from: values + advanced)
    return { isReached[$0.value.id] }
  }

  private func predict(_ table: ExampleTable, with instance: ModelInstance) throws -> Prediction {
    let shapes = model.outputs.map { model.graph.shape($0.value) }
    var singles = [[Float]](repeating: [], count: shapes.count)
    var doubles = [[Double]](repeating: [], count: shapes.count)
    try instance.forEachBatch(of: table.rows, in: table) { rows in
      instance.infer(count: rows.count)
      for (index, shape) in shapes.enumerated() {
        let elements = 0..<(rows.count * shape.count)
        switch setup.precision {
        case .f32: singles[index] += instance.memory.outputs[index].singles(elements)
        case .f64: doubles[index] += instance.memory.outputs[index].numbers(elements)
        }
      }
    }
    let tensors = model.outputs.indices.map { index in
      Tensor(
        name: model.outputs[index].name, shape: [table.count] + shapes[index].dimensions,
        storage: setup.precision == .f32 ? .float32(singles[index]) : .float64(doubles[index]))
    }
    return Prediction(examples: table.count, tensors: tensors)
  }
}
