import Glibc
import NNEmission
import NNExecution
import NNGraph
import NNQuantization
import NNSchedule

/// Runs a network of integers and the float one side by side.
struct IntegerComparison {
  private(set) var report: QuantizationReport

  /// What is worth waiting for, in multiply-adds of all examples.
  private static let mostWork = 1_000_000_000
  /// From here on a compiler that optimises is worth starting.
  private static let muchWork = 50_000_000
  private static let fewest = 16

  init(_ setup: ModelSetup, _ program: IntegerProgram, _ table: ExampleTable, _ rows: [Int]) throws {
    let network = program.network
    let work = max(network.multiplyAdds, 1)
    let count = min(rows.count, max(Self.fewest, Self.mostWork / work))
    let chosen = (0..<count).map { rows[$0 * rows.count / count] }
    let float = try WatchedNetwork(setup, network.observed.map(\.value), on: table)
    let integer = try RunningIntegers(setup, program, isLong: work * count > Self.muchWork)
    var layers = [DifferenceSum](repeating: DifferenceSum(), count: network.observed.count)
    var outputs = [DifferenceSum](repeating: DifferenceSum(), count: setup.model.outputs.count)
    var answers = AnswerCount(setup.model, table)
    float.run(chosen) { batch in
      let wanted = answers.counts?.read(float.instance, rows: batch)
      for example in 0..<batch.count {
        integer.run(example, of: float.instance.memory.examples)
        for (index, place) in network.observed.enumerated() {
          layers[index].add(float.value(index, example: example), integer.numbers(place))
        }
        for index in outputs.indices { outputs[index].add(float.output(index, example: example), integer.output(index)) }
        answers.add(wanted?[example], float: float.output(answers.output, example: example), integer: integer.output(answers.output))
      }
    }
    try table.checkFiles()
    report = QuantizationReport(
      layers: zip(network.observed, layers).map { $1.layer($0.name, $0.layer, setup.model.graph.graph[$0.value]) },
      outputs: zip(setup.model.outputs, outputs).map { $1.layer($0.name, "output", setup.model.graph.graph[$0.value]) },
      calibrated: rows.count, compared: count, agreement: answers.agreement, accuracy: answers.accuracy,
      parameterBytes: setup.model.parameters.reduce(0) { $0 + $1.shape.count } * setup.precision.bytes,
      weightBytes: network.weightBytes)
  }
}

/// Differences on their way to a figure.
private struct DifferenceSum {
  private var power = 0.0
  private var noise = 0.0
  private var largest = 0.0

  mutating func add(_ float: [Double], _ integer: [Double]) {
    for (a, b) in zip(float, integer) {
      power += a * a
      noise += (a - b) * (a - b)
      largest = max(largest, abs(a - b))
    }
  }

  func layer(_ name: String, _ kind: String, _ node: Node) -> QuantizationReport.Layer {
    QuantizationReport.Layer(
      name: name, kind: kind, range: node.range, decibels: noise == 0 ? .infinity : 10 * log10(power / noise), deviation: largest)
  }
}

/// What both networks answer, of a classifier.
private struct AnswerCount {
  /// Nil where nobody knows what is right.
  let counts: ClassAnswers?
  /// The output whose largest number is the answer.
  let output: Int
  private let isClassifier: Bool
  private var examples = 0
  private var same = 0
  private var right = (float: 0, integer: 0)

  init(_ model: Model, _ table: ExampleTable) {
    let figures = ClassFigures(model)
    counts = ClassAnswers(model, table)
    isClassifier = figures != nil
    output = model.outputs.firstIndex { $0.name == figures?.output } ?? 0
  }

  mutating func add(_ known: (wanted: Int, answered: Int)?, float: [Double], integer: [Double]) {
    func best(_ numbers: [Double]) -> Int { numbers.indices.max { numbers[$0] < numbers[$1] } ?? 0 }
    examples += 1
    let (one, other) = (best(float), best(integer))
    same += one == other ? 1 : 0
    right.float += one == known?.wanted ? 1 : 0
    right.integer += other == known?.wanted ? 1 : 0
  }

  var agreement: Double? { isClassifier ? Double(same) / Double(examples) : nil }

  var accuracy: (float: Double, integer: Double)? {
    counts == nil ? nil : (Double(right.float) / Double(examples), Double(right.integer) / Double(examples))
  }
}
