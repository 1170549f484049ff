package import NNExecution
import NNGraph
package import NNSchedule
import NNTraining

/// Which model a command is about, and in which precision and with which settings.
package struct ModelOptions: Sendable {
  static let operand = CommandDescription.Operand("MODEL.nn", "the model; - reads it from standard input")

  package let path: String
  package var settings: [Setting]
  package let precision: Precision

  init(_ arguments: ParsedArguments) throws(UsageError) {
    path = arguments.operands[0]
    settings = try arguments.all(CommonOptions.set)
    precision = try arguments.value(of: CommonOptions.precision) ?? .f32
  }
}

/// How to run a model.
package struct RunOptions: Sendable {
  package var model: ModelOptions
  package let compiler: CompilerChoice
  /// How many threads may work at once; nil is as many as there are cores.
  package let threads: Int?
  package let seed: UInt64?

  init(_ arguments: ParsedArguments) throws(UsageError) {
    model = try ModelOptions(arguments)
    compiler = try arguments.value(of: CommonOptions.jit) ?? .tcc
    threads = try arguments.value(of: CommonOptions.threads)
    seed = try arguments.value(of: CommonOptions.seed)
  }

  /// The model, ready to be run, its recipe as the command line wants it.
  func setup(_ recipe: RecipeOptions, telling console: Console) throws -> ModelSetup {
    var setup = try setup(recipe.lines, telling: console)
    recipe.apply(to: &setup.model.recipe)
    setup.origin = origin(recipe, of: setup.model)
    return setup
  }

  /// The command line that makes the same model and recipe anywhere; none can where the model came from standard input.
  private func origin(_ recipe: RecipeOptions, of loaded: Model) -> RunOrigin? {
    guard model.path != "-" else { return nil }
    let settings = model.settings.map { "\(CommonOptions.set.description.spelling)=\($0.name)=\($0.value)" }
    let precision = "\(CommonOptions.precision.description.spelling)=\(model.precision.rawValue)"
    return RunOrigin(
      arguments: settings + [precision] + recipe.arguments + ["--", WorkingFolder.absolute(model.path)], model: loaded.fingerprint)
  }

  /// The model, ready to be run, and the data that is named for it.
  func setup(with data: DataArgument?, telling console: Console) throws -> ModelSetup {
    let seedLine = seed.map { RecipeLine(name: "seed", text: "\($0)") }
    var setup = try setup([seedLine, data?.line(named: "data")].compactMap { $0 }, telling: console)
    if let file = data?.description { setup.model.recipe.data = file }
    return setup
  }

  private func setup(_ lines: [RecipeLine], telling console: Console) throws -> ModelSetup {
    let loaded = try model.loadModel(lines, telling: console)
    return ModelSetup(
      loaded.model, sources: loaded.sources, baseFolder: loaded.folder, compiler: compiler, precision: model.precision, threads: threads)
  }
}

extension ModelSetup {
  /// Does some work; what is wrong with the model or its data is told with the place in the model's text.
  func explaining<Result>(_ work: (ModelSetup) throws -> Result) throws -> Result {
    do {
      return try work(self)
    } catch let error as TrainingError {
      throw Failure(error, in: sources)
    }
  }
}
