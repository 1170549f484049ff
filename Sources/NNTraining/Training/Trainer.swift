package import NNGraph
import NNSchedule
package import NNSource

/// Trains a model as its recipe says.
package struct Trainer {
  private let model: Model
  private let sources: SourceMap
  private let options: TrainingOptions

  package init(_ model: Model, sources: SourceMap, options: TrainingOptions) {
    self.model = model
    self.sources = sources
    self.options = options
  }

  /// - Parameter isInterrupted: asked between two steps; after a yes the run is saved and ends.
  package func run(
    observer: @escaping (TrainingEvent) -> Void = { _ in }, isInterrupted: @escaping () -> Bool = { false }
  ) throws -> TrainingResult {
    try checkModel()
    if !options.resumes { try options.folder?.refuseToReplaceRun() }
    let data = try TrainingData(model, precision: options.precision, baseFolder: options.baseFolder)
    let program = ProgramOptions(compiler: options.compiler, precision: options.precision, batch: model.recipe.batch)
    let instance = try ModelInstance(model, sources: sources, entries: [.step, .evaluate], options: program)
    try options.folder?.make()
    var loop = try TrainingLoop(instance, data, folder: options.folder, observer: observer, isInterrupted: isInterrupted)
    if options.resumes { try loop.resume() }
    return try loop.run()
  }

  private func checkModel() throws(TrainingError) {
    guard !model.losses.isEmpty else { throw TrainingError("the model has no loss to train by", help: "add a line 'loss EXPR'") }
    guard !model.parameters.isEmpty else { throw TrainingError("the model has no parameters to train") }
    if model.recipe.clip != nil { throw TrainingError("gradients cannot be clipped yet", range: model.recipe.ranges["clip"]) }
  }
}
