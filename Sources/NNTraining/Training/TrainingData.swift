import NNData
import NNGraph

/// The examples of a training: to learn from, to judge an epoch by, to judge the result by.
struct TrainingData {
  let table: ExampleTable
  let order: ExampleOrder
  /// From another source than the training data.
  let validation: ExampleTable?
  let test: ExampleTable?

  init(_ setup: ModelSetup) throws {
    let model = setup.model
    let recipe = model.recipe
    let reader = setup.reader
    table = try Self.trainingTable(reader)
    switch recipe.validation {
    case .split(let part):
      order = try ExampleOrder(count: table.count, validation: part, isSequential: model.isSequential, seed: recipe.seed)
      validation = nil
    case .source(let source):
      order = ExampleOrder(count: table.count, isSequential: model.isSequential, seed: recipe.seed)
      validation = try reader.read(source, for: .validation)
    case nil:
      order = ExampleOrder(count: table.count, isSequential: model.isSequential, seed: recipe.seed)
      validation = nil
    }
    test = try recipe.test.map { try reader.read($0, for: .test) }
  }

  private static func trainingTable(_ reader: ExampleReader) throws -> ExampleTable {
    if let source = reader.model.recipe.data { return try reader.read(source) }
    // A model without inputs is the same for every example.
    if reader.model.ports.isEmpty { return ExampleTable(count: 1, columns: []) }
    throw TrainingError(
      "there is nothing to learn from: the train block has no 'data' line",
      help: "add one, such as 'data csv(\"examples.csv\", label: \"y\")', or give '--data'")
  }

  /// Where the batches of an epoch begin and end.
  func bounds(size: Int) -> BatchBounds { BatchBounds(order.training, of: table, size: size, isSequential: order.isSequential) }

  /// Where an epoch is judged: held back rows, a source of their own, or what was learnt from.
  var judged: (table: ExampleTable, rows: [Int], isValidation: Bool) {
    if let validation { return (validation, Array(0..<validation.count), true) }
    if !order.validation.isEmpty { return (table, order.validation, true) }
    return (table, order.training, false)
  }
}
