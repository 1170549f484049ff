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
    "validation", .text("DATA"), group: .recipe, help: "what to judge each epoch on, in place of a split")
  static let test = ValueOption<String>("test", .text("DATA"), group: .recipe, help: "what to judge the trained model on")
  static let optimizer = ValueOption<String>("optimizer", .text("RULE"), group: .recipe, help: "such as 'adam(rate: 0.001)'")
  static let schedule = ValueOption<String>(
    "schedule", .text("RULE"), group: .recipe, help: "how the rate changes, such as 'cosine(warmup: 100)'")
  static let clip = ValueOption<String>("clip", .text("NORM"), group: .recipe, help: "the longest gradient to follow")
  static let batch = ValueOption<Int>("batch", .integer("N", in: 1...1_000_000), group: .recipe, help: "examples in a step")
  static let epochs = ValueOption<Int>("epochs", .integer("N", in: 0...1_000_000_000), group: .recipe, help: "passes over the data")

  static let descriptions = [
    data.description, split.description, validation.description, test.description, optimizer.description, schedule.description,
    clip.description, batch.description, epochs.description,
  ]

  /// In the order of the list above; the model's own lines of these names do not count.
  package let lines: [RecipeLine]

  init(_ arguments: ParsedArguments) throws(UsageError) {
    var lines: [RecipeLine] = []
    for option in [Self.data, Self.split, Self.validation, Self.test, Self.optimizer, Self.schedule, Self.clip] {
      if let text = try arguments.value(of: option) { lines.append(RecipeLine(name: option.description.long, text: text)) }
    }
    for option in [Self.batch, Self.epochs] {
      if let number = try arguments.value(of: option) { lines.append(RecipeLine(name: option.description.long, text: "\(number)")) }
    }
    if let seed = try arguments.value(of: CommonOptions.seed) { lines.append(RecipeLine(name: "seed", text: "\(seed)")) }
    self.lines = lines
  }
}
