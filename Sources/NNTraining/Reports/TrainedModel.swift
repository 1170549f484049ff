package import NNData
package import NNExecution
package import NNGraph
package import NNSchedule
package import NNSource

/// The outputs of a model for data.
package struct Prediction: Sendable {
  package let examples: Int
  /// By output, with the examples as first axis.
  package let tensors: [Tensor]

  package func write(to path: String) throws {
    try Safetensors(tensors: tensors).write(to: path)
  }
}

/// A trained model at work on data: `nnrun eval` and `nnrun predict`.
package struct TrainedModel {
  private let model: Model
  private let sources: SourceMap
  private let weights: String
  private let compiler: CompilerChoice
  private let precision: Precision
  private let baseFolder: String

  /// - Parameter weights: the path of a weight file.
  package init(
    _ model: Model, sources: SourceMap, weights: String, compiler: CompilerChoice = .tcc, precision: Precision = .f32,
    baseFolder: String = "."
  ) {
    self.model = model
    self.sources = sources
    self.weights = weights
    self.compiler = compiler
    self.precision = precision
    self.baseFolder = baseFolder
  }

  /// Losses and metrics over all of the data.
  package func evaluate(_ data: DataDescription) throws -> Evaluation {
    guard !model.losses.isEmpty || !model.metrics.isEmpty else {
      throw TrainingError("the model has no loss and no metric to judge it by", help: "add a line 'loss EXPR' or 'metric EXPR'")
    }
    let judged = model.losses.map(\.value) + model.metrics.map(\.value)
    let table = try reader.read(data, part: .test, isNeeded: needs(of: judged))
    return Evaluator(instance: try instance([.evaluate])).evaluate(table)
  }

  /// The outputs for all of the data.
  package func predict(_ data: DataDescription) throws -> Prediction {
    guard !model.outputs.isEmpty else { throw TrainingError("the model has no output", help: "add a line 'output EXPR'") }
    let table = try reader.read(data, part: .test, isNeeded: needs(of: model.outputs.map(\.value)))
    return predict(table, with: try instance([.infer]))
  }

  private var reader: ExampleReader { ExampleReader(model: model, precision: precision, baseFolder: baseFolder, seed: model.recipe.seed) }

  private func instance(_ entries: [EntryKind]) throws -> ModelInstance {
    let options = ProgramOptions(compiler: compiler, precision: precision, batch: model.recipe.batch)
    let instance = try ModelInstance(model, sources: sources, entries: entries, options: options)
    instance.initialize(seed: model.recipe.seed)
    try WeightFile.read(weights, into: instance)
    return instance
  }

  /// Which ports the given values, and the states they may come from, depend on.
  private func needs(of values: [Value]) -> (Port) -> Bool {
    let advanced = model.states.filter(\.type.isBatched).compactMap(\.next)
    let isReached = model.graph.graph.reachable(from: values + advanced)
    return { isReached[$0.value.id] }
  }

  private func predict(_ table: ExampleTable, with instance: ModelInstance) -> Prediction {
    let shapes = model.outputs.map { model.graph.shape($0.value) }
    var singles = [[Float]](repeating: [], count: shapes.count)
    var doubles = [[Double]](repeating: [], count: shapes.count)
    instance.restartExamples()
    for start in stride(from: 0, to: table.count, by: instance.batch) {
      let rows = start..<min(start + instance.batch, table.count)
      instance.memory.examples.gather(rows, of: table)
      instance.infer(count: rows.count)
      for (index, shape) in shapes.enumerated() {
        let elements = 0..<(rows.count * shape.count)
        switch precision {
        case .f32: singles[index] += instance.memory.outputs[index].singles(elements)
        case .f64: doubles[index] += instance.memory.outputs[index].numbers(elements)
        }
      }
    }
    let tensors = model.outputs.indices.map { index in
      Tensor(
        name: model.outputs[index].name, shape: [table.count] + shapes[index].dimensions,
        storage: precision == .f32 ? .float32(singles[index]) : .float64(doubles[index]))
    }
    return Prediction(examples: table.count, tensors: tensors)
  }
}
