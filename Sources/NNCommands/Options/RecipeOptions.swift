import NNGraph
import NNTraining

/// A line of a model's train block as the command line gives it: `--optimizer 'adam(rate: 0.001)'`.
package struct RecipeLine: Hashable, Sendable {
  package var name: String
  package var text: String
}

/// The options that stand in for lines of the train block. `seed` is one of them, and a common option too.
package struct RecipeOptions: Sendable {
  static let data = ValueOption<String>(
    "data", .text("DATA"), group: .recipe, help: "what to learn from: a file, or a source such as 'csv(\"d.csv\", label: \"y\")'")
  static let split = ValueOption<String>(
    "split", .text("PART"), group: .recipe, help: "hold back a part of the data: 'validation: 0.2'")
  static let validation = ValueOption<String>(
    "validation", .text("DATA"), group: .recipe, help: "what to judge each epoch by, in place of a split")
  static let test = ValueOption<String>("test", .text("DATA"), group: .recipe, help: "what to judge the trained model by")
  static let normalize = ValueOption<String>(
    "normalize", .text("RULE"), group: .recipe,
    help: "bring inputs to a common scale, learnt from the training data: mean_std or zero_one")
  static let augment = ValueOption<String>(
    "augment", .text("RULES"), group: .recipe, help: "change pictures at random while learning: 'flip, crop(4)'")
  static let optimizer = ValueOption<String>("optimizer", .text("RULE"), group: .recipe, help: "such as 'adam(rate: 0.001)'")
  static let schedule = ValueOption<String>(
    "schedule", .text("RULE"), group: .recipe, help: "how the rate changes, such as 'cosine(warmup: 100)'")
  static let clip = ValueOption<String>("clip", .text("NORM"), group: .recipe, help: "the longest gradient to follow")
  static let batch = ValueOption<Int>("batch", .integer("N", in: 1...1_000_000), group: .recipe, help: "examples in a step")
  static let epochs = ValueOption<Int>("epochs", .integer("N", in: 0...1_000_000_000), group: .recipe, help: "passes over the data")
  static let patience = ValueOption<Int>(
    "patience", .integer("N", in: 1...1_000_000_000), group: .recipe,
    help: "end after so many epochs without a better validation loss, and keep the best weights")

  static let descriptions = [
    data.description, split.description, validation.description, test.description, normalize.description, augment.description,
    optimizer.description, schedule.description, clip.description, batch.description, epochs.description, patience.description,
  ]

  /// Those that decide about a step, and not about how many there are or what comes of them.
  static let ofSteps = [
    data.description, split.description, normalize.description, augment.description, optimizer.description, clip.description,
    batch.description,
  ]

  private static let texts = [split, normalize, augment, optimizer, schedule, clip]
  private static let numbers = [batch, epochs, patience]

  /// What is said in the language of the train block; the model's own lines of these names do not count.
  let lines: [RecipeLine]
  private let files: (data: DataDescription?, validation: DataDescription?, test: DataDescription?)

  init(_ arguments: ParsedArguments) throws(UsageError) {
    let data = try arguments.value(of: Self.data).map(DataArgument.init)
    let validation = try arguments.value(of: Self.validation).map(DataArgument.init)
    let test = try arguments.value(of: Self.test).map(DataArgument.init)
    if let split = try arguments.value(of: Self.split), validation != nil {
      throw UsageError("--split '\(split)' and --validation exclude each other", help: "judge by a part of the data or by data of its own")
    }
    files = (data?.description, validation?.description, test?.description)
    let sources = [data?.line(named: "data"), validation?.line(named: "validation"), test?.line(named: "test")]
    lines = try sources.compactMap { $0 } + Self.lines(arguments)
  }

  private static func lines(_ arguments: ParsedArguments) throws(UsageError) -> [RecipeLine] {
    var lines: [RecipeLine] = []
    for option in texts {
      if let text = try arguments.value(of: option) { lines.append(RecipeLine(name: option.description.long, text: text)) }
    }
    for option in numbers {
      if let number = try arguments.value(of: option) { lines.append(RecipeLine(name: option.description.long, text: "\(number)")) }
    }
    if let seed = try arguments.value(of: CommonOptions.seed) { lines.append(RecipeLine(name: "seed", text: "\(seed)")) }
    return lines
  }

  /// The same once more, with paths that hold from anywhere.
  var arguments: [String] {
    let named = [(Self.data, files.data), (Self.validation, files.validation), (Self.test, files.test)]
    return lines.map { "--\($0.name)=\($0.text)" }
      + named.compactMap { option, file in file?.path.map { "\(option.description.spelling)=\(WorkingFolder.absolute($0))" } }
  }

  /// Puts the files that were named in the place of what the recipe has.
  func apply(to recipe: inout Recipe) {
    if let data = files.data { recipe.data = data }
    if let validation = files.validation { recipe.validation = .source(validation) }
    if let test = files.test { recipe.test = test }
  }
}
