package import NNEmission
import NNExecution
package import NNGraph
import NNOperations
package import NNQuantization
import NNSchedule
package import NNSource

/// Makes a network of integers of a trained one, by what that does on some examples.
package struct Quantization {
  private let setup: ModelSetup
  private let plan: QuantizationPlan
  private let table: ExampleTable
  private let rows: [Int]

  /// Examples are taken evenly over the data, since that may be sorted.
  private static let mostExamples = 512

  /// - Parameters:
  ///   - setup: the trained model.
  ///   - data: what it is calibrated on.
  package init(_ setup: ModelSetup, _ plan: QuantizationPlan, data: DataDescription) throws {
    let isReached = setup.model.graph.graph.reachable(from: setup.model.outputs.map(\.value))
    try self.init(setup, plan, try setup.reader.read(data) { isReached[$0.value.id] })
  }

  init(_ setup: ModelSetup, _ plan: QuantizationPlan, _ table: ExampleTable) throws {
    self.setup = setup
    self.plan = plan
    self.table = table
    guard table.count > 0 else { throw TrainingError("there are no examples to calibrate on") }
    let count = min(table.count, Self.mostExamples)
    let whole = table.count
    rows = (0..<count).map { $0 * whole / count }
  }

  /// The network in integers, and how far from the float one it is.
  package func run() throws -> (program: IntegerProgram, report: QuantizationReport) {
    let calibration = try calibration()
    try table.checkFiles()
    guard let network = plan.network(calibration), let apart = plan.network(calibration, sharesMemory: false) else {
      throw TrainingError("there is nothing to compute with integers")
    }
    // All layers' bytes are kept to compare them.
    guard apart.memory < Self.mostBytes else {
      throw TrainingError("the integers of all layers for one example take \(apart.memory) bytes, and \(Self.mostBytes) is the most")
    }
    let report = try IntegerComparison(setup, try program(apart), table, rows).report
    return (try program(network), report)
  }

  private static let mostBytes = 1 << 30

  func program(_ network: QuantizedNetwork) throws -> IntegerProgram {
    var rest = setup
    rest.model = network.rest
    return IntegerProgram(network, rest: try rest.compile([.predict], batch: 1))
  }

  func calibration() throws -> Calibration {
    let numbers = try WatchedNetwork.constants(setup, plan.constants, on: table)
    if let value = plan.constants.first(where: { !(numbers[$0] ?? []).allSatisfy(\.isFinite) }) {
      throw TrainingError("'\(name(value))' has numbers that are not finite", range: setup.model.graph.graph[value].range)
    }
    let seen = try WatchedNetwork(setup, plan.observed, on: table).ranges(rows)
    var ranges: [Value: ClosedRange<Double>] = [:]
    for value in plan.observed {
      guard let range = seen[value], range.low <= range.high else {
        throw TrainingError(
          "'\(name(value))' is not finite for some of the examples to calibrate on", range: setup.model.graph.graph[value].range,
          help: "bytes stand for numbers of a range, which has to have an end")
      }
      ranges[value] = range.low...range.high
    }
    return Calibration(ranges: ranges, numbers: numbers)
  }

  private func name(_ value: Value) -> String {
    let node = setup.model.graph.graph[value]
    return node.name ?? type(of: node.operation).mnemonic
  }
}

/// How far a network of integers is from the float one that it was made of.
package struct QuantizationReport: Sendable {
  package struct Layer: Sendable {
    package var name: String
    /// What it is, such as `convolution`.
    package var kind: String
    package var range: SourceRange?
    /// The float numbers' power by that of the difference, in decibels; infinite without a difference, or, negatively, without any power.
    package var decibels: Double
    /// The largest difference.
    package var deviation: Double
  }

  package var layers: [Layer]
  package var outputs: [Layer]
  /// Examples that ranges were taken from, and those that both networks were run on.
  package var calibrated: Int
  package var compared: Int
  /// Of a classifier: how often both networks answer the same.
  package var agreement: Double?
  /// Where the classes are known: how often each network is right.
  package var accuracy: (float: Double, integer: Double)?
  package var parameterBytes: Int
  package var weightBytes: Int
}
