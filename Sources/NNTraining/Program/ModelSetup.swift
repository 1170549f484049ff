import NNEmission
package import NNExecution
package import NNGraph
package import NNSchedule
package import NNSource

/// A model and how it is to be run: what training, judging, checking and timing have in common.
package struct ModelSetup: Sendable {
  package var model: Model
  /// The texts that the model came from.
  package var sources: SourceMap
  /// What paths in the model's sources of data are relative to.
  package var baseFolder: String
  package var compiler: CompilerChoice
  package var precision: Precision
  /// How many threads may work at once; nil is as many as there are cores.
  package var threads: Int?
  /// What runs keep, so that it can be found again what they are of.
  package var origin: RunOrigin?
  /// Whether the model starts with weights from a file.
  var hasWeights = false

  package init(
    _ model: Model, sources: SourceMap, baseFolder: String = "", compiler: CompilerChoice = .tcc, precision: Precision = .f32,
    threads: Int? = nil
  ) {
    self.model = model
    self.sources = sources
    self.baseFolder = baseFolder
    self.compiler = compiler
    self.precision = precision
    self.threads = threads
  }

  /// The threads for a program; nil where one is enough.
  func pool(for program: JitProgram) throws(ExecutionError) -> WorkerPool? {
    lanes > 1 && program.sharesWork ? try WorkerPool(lanes: lanes) : nil
  }

  /// How many threads may work at once.
  var lanes: Int { min(threads ?? WorkerPool.cores, WorkerPool.mostLanes) }

  var seed: UInt64 { model.recipe.seed }

  var reader: ExampleReader { ExampleReader(model: model, precision: precision, baseFolder: baseFolder, seed: seed) }

  /// The model at work, its parameters at their start.
  func instance(_ entries: [EntryKind], batch: Int) throws -> ModelInstance {
    let instance = try ModelInstance(self, entries: entries, batch: batch)
    instance.initialize(seed: seed)
    return instance
  }
}
