package import NNData
import NNGraph

/// How well each class of a classifier is recognised.
package struct ClassFigures: Equatable, Sendable {
  /// More classes than this are not listed.
  private static let most = 1000

  /// The output whose largest number is the answer.
  package let output: String
  /// How often an example of the first class was taken for the second.
  package private(set) var confusion: [[Int]]

  /// A model with one class to tell, and an output with a number for each class; nil for another.
  init?(_ model: Model) {
    let targets = model.targets.filter { $0.type.element != .real }
    guard targets.count == 1, case .integer(let classes)? = targets.first?.type.element, targets[0].type.shape.count == 1,
      classes <= Self.most, let output = model.outputs.first(where: { model.graph.shape($0.value) == [classes] })
    else { return nil }
    self.output = output.name
    confusion = [[Int]](repeating: [Int](repeating: 0, count: classes), count: classes)
  }

  mutating func add(_ wanted: Int, answered: Int) { confusion[wanted][answered] += 1 }

  package var classes: Range<Int> { confusion.indices }

  package func examples(_ kind: Int) -> Int { confusion[kind].reduce(0, +) }

  /// Which part of the examples of the class is recognised; nil if there are none.
  package func recall(_ kind: Int) -> Double? { Self.part(confusion[kind][kind], of: examples(kind)) }

  /// Which part of the examples that are taken for the class are of it; nil if there are none.
  package func precision(_ kind: Int) -> Double? { Self.part(confusion[kind][kind], of: confusion.reduce(0) { $0 + $1[kind] }) }

  /// The class that this one is taken for most often, and how often.
  package func mostlyTakenFor(_ kind: Int) -> (kind: Int, count: Int)? {
    let others = classes.filter { $0 != kind && confusion[kind][$0] > 0 }
    return others.max { (confusion[kind][$0], $1) < (confusion[kind][$1], $0) }.map { ($0, confusion[kind][$0]) }
  }

  private static func part(_ count: Int, of total: Int) -> Double? { total == 0 ? nil : Double(count) / Double(total) }

  /// `[{"class": 0, "examples": 10, "recall": 0.9, "precision": 0.8, "taken_for": [9, 1]}]`: what cannot be said is null.
  package var json: JSON {
    .array(
      classes.map { kind in
        .object([
          JSON.Member("class", .integer(kind)), JSON.Member("examples", .integer(examples(kind))),
          JSON.Member("recall", recall(kind).map { .number($0) } ?? .null),
          JSON.Member("precision", precision(kind).map { .number($0) } ?? .null),
          JSON.Member("taken_for", .array(confusion[kind].map { .integer($0) })),
        ])
      })
  }
}

/// What a classifier answers, and what was wanted.
struct ClassAnswers {
  /// Without any examples yet.
  let figures: ClassFigures
  private let output: Int
  private let wanted: [Int32]

  /// Nil for a model that is no classifier, and where the data does not have the classes.
  init?(_ model: Model, _ table: ExampleTable) {
    guard let figures = ClassFigures(model), let output = model.outputs.firstIndex(where: { $0.name == figures.output }),
      let target = model.targets.firstIndex(where: { $0.type.element != .real }),
      case .classes(let wanted)? = table.columns[model.inputs.count + target]?.values
    else { return nil }
    self.figures = figures
    self.output = output
    self.wanted = wanted
  }

  /// For the examples that outputs were just computed for.
  func read(_ instance: ModelInstance, rows: some Collection<Int>) -> [(wanted: Int, answered: Int)] {
    let count = figures.classes.count
    let scores = instance.memory.outputs[output].numbers(0..<rows.count * count)
    return rows.enumerated().map { place, row in
      let own = scores[place * count..<(place + 1) * count]
      let best = own.indices.max { own[$0] < own[$1] } ?? own.startIndex
      return (Int(wanted[row]), best - own.startIndex)
    }
  }
}

extension Evaluator {
  /// Nil for a model that is no classifier, and where the data does not have the classes.
  func classFigures(_ table: ExampleTable) throws -> ClassFigures? {
    guard let answers = ClassAnswers(instance.model, table) else { return nil }
    var figures = answers.figures
    try instance.forEachBatch(of: table.rows, in: table) { rows in
      instance.infer(count: rows.count)
      for (wanted, answered) in answers.read(instance, rows: rows) { figures.add(wanted, answered: answered) }
    }
    return figures
  }
}
