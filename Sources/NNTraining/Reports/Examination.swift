package import NNData
import NNGraph
import NNSchedule

/// A trained model's answers looked at one by one: how classes are told apart, and where the model is most wrong.
package struct Examination: Sendable {
  /// An example by what it was, what was wanted and what came out; classes as their numbers.
  package struct Example: Sendable {
    /// Its row in the data.
    package let row: Int
    package let loss: Double
    package let inputs: [Tensor]
    package let targets: [Tensor]
    /// Those of the model: the loss of each example is none of them.
    package let outputs: [Tensor]
    /// The class that was wanted and the one that was answered, where there is one to tell.
    package let classes: (wanted: Int, answered: Int)?
  }

  package let examples: Int
  /// What the examples are: `held back to validate by`.
  package let origin: String
  package let confusion: ClassFigures?
  /// The largest loss first.
  package let worst: [Example]
}

extension TrainedModel {
  /// Looks at the test data of the recipe or, where it has none, at what epochs were judged by.
  ///
  /// - Parameter most: so many of the worst examples are kept.
  package func examine(most: Int) throws -> Examination {
    var setup = setup
    let loss = setup.model.addExampleLoss()
    let examined = try ExaminedData(setup)
    let instance = try setup.instance([.infer], batch: setup.model.recipe.batch)
    if let weights { try WeightFile.read(weights, into: instance) }
    var examiner = Examiner(instance, examined, lossOutput: loss)
    try examiner.run()
    return Examination(
      examples: examined.rows.count, origin: examined.origin, confusion: examiner.confusion, worst: try examiner.worst(most))
  }
}

extension Model {
  /// Makes the loss of each example an output; returns its place among the outputs.
  fileprivate mutating func addExampleLoss() -> Int {
    let terms = losses.map { graph.reshape($0.value, to: []) }
    let total = terms.dropFirst().reduce(terms.first ?? graph.fill(0)) { graph.add($0, $1) }
    outputs.append(NamedValue(name: "loss of each example", value: total, range: nil))
    return outputs.count - 1
  }
}

/// The rows of a table that a model is judged by.
private struct ExaminedData {
  let table: ExampleTable
  let rows: [Int]
  let origin: String

  init(_ setup: ModelSetup) throws {
    let data = try TrainingData(setup)
    if let test = data.test {
      (table, rows, origin) = (test, Array(0..<test.count), "to test by")
    } else {
      (table, rows) = (data.judged.table, data.judged.rows)
      origin = data.judged.isValidation ? "to validate by" : "that were learnt from"
    }
  }
}

/// Goes over examples and notes losses and answers.
private struct Examiner {
  private let instance: ModelInstance
  private let data: ExaminedData
  private let lossOutput: Int
  private let classes: ClassAnswers?
  private(set) var confusion: ClassFigures?
  private var losses: [Double] = []
  private var answers: [(wanted: Int, answered: Int)] = []

  init(_ instance: ModelInstance, _ data: ExaminedData, lossOutput: Int) {
    self.instance = instance
    self.data = data
    self.lossOutput = lossOutput
    classes = ClassAnswers(instance.model, data.table)
    confusion = classes?.figures
  }

  mutating func run() throws {
    try instance.forEachBatch(of: data.rows, in: data.table) { batch in
      instance.infer(count: batch.count)
      losses += instance.memory.outputs[lossOutput].numbers(0..<batch.count)
      answers += classes?.read(instance, rows: batch) ?? []
    }
    for (wanted, answered) in answers { confusion?.add(wanted, answered: answered) }
  }

  /// Computes the outputs of the worst examples once more: nobody keeps those of all.
  func worst(_ most: Int) throws -> [Examination.Example] {
    let places = losses.indices.sorted { (losses[$1], $0) < (losses[$0], $1) }.prefix(instance.model.isSequential ? 0 : most)
    var examples: [Examination.Example] = []
    try instance.forEachBatch(of: places.map { data.rows[$0] }, in: data.table) { batch in
      instance.infer(count: batch.count)
      for (offset, row) in batch.enumerated() {
        let place = places[places.startIndex + batch.startIndex + offset]
        examples.append(example(place, row: row, offset: offset))
      }
    }
    return examples
  }

  private func example(_ place: Int, row: Int, offset: Int) -> Examination.Example {
    let model = instance.model
    let ports = zip(model.ports, data.table.columns).map { port, column in column?.example(row, of: port) }
    let outputs = model.outputs.dropLast().indices.map { index in
      let shape = model.graph.shape(model.outputs[index].value)
      let numbers = instance.memory.outputs[index].numbers(offset * shape.count..<(offset + 1) * shape.count)
      return Tensor(name: model.outputs[index].name, shape: shape.dimensions, storage: .float64(numbers))
    }
    return Examination.Example(
      row: row, loss: losses[place], inputs: ports.prefix(model.inputs.count).compactMap(\.self),
      targets: ports.dropFirst(model.inputs.count).compactMap(\.self), outputs: outputs, classes: answers.isEmpty ? nil : answers[place])
  }
}

extension Dataset.Column {
  /// One example as a tensor of numbers.
  fileprivate func example(_ row: Int, of port: Port) -> Tensor {
    Tensor(name: port.name, shape: port.type.shape.dimensions, storage: .float64(numbers(row)))
  }
}
