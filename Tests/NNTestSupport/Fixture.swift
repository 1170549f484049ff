import Foundation
import NNGraph
import NNOperations

/// What another framework finds for a sample: `Tests/Fixtures/operations.json`, whose numbers `scripts/make-fixtures.py` fills in.
///
/// The loss is the mean over the examples of the sum of the output times `weights`, as in use (nothing drawn), and as in training too where the
/// sample has saved statistics.
package struct Fixture: Codable, Sendable {
  package struct Tensor: Codable, Sendable {
    package var name: String
    /// For one example; inputs hold `batch` of these.
    package var shape: [Int]
    /// Nil for real numbers.
    package var classes: Int?
    package var values: [Double]
  }

  package struct Expectation: Codable, Sendable {
    package var loss: Double
    /// By input and parameter; those of reals only.
    package var gradients: [String: [Double]]
    /// What training makes of the saved statistics, by name.
    package var states: [String: [Double]]?
  }

  package var function: String
  /// The call as the language writes it, with its inputs: what tells samples apart.
  package var text: String
  package var batch: Int
  package var inputs: [Tensor]
  package var parameters: [Tensor]
  package var states: [Tensor]
  /// Numbers, lists, and flags as 0 or 1.
  package var arguments: [String: [Double]]
  package var weights: [Double]
  package var expected: Expectation?
  package var training: Expectation?
}

extension Fixture {
  package static let path = repositoryPath("Tests/Fixtures/operations.json")

  private static let all = Result {
    try JSONDecoder().decode([Fixture].self, from: Data(contentsOf: URL(fileURLWithPath: path)))
  }

  /// In the order of the catalogue; read once.
  package static func readAll() throws -> [Fixture] { try all.get() }

  /// A sample's fixture with its numbers; nil where it has to be recorded.
  package static func of(_ sample: SampleCase) throws -> Fixture? {
    try readAll().first { $0.text == sample.description && $0.expected != nil }
  }

  /// Writes the samples without expectations, for the script to fill in.
  package static func write(_ fixtures: [Fixture]) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    try encoder.encode(fixtures).write(to: URL(fileURLWithPath: path))
  }
}

/// A file of the repository that the tests were built from.
package func repositoryPath(_ path: String) -> String {
  URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path + "/" + path
}

/// Whether tests write what they would compare with, and then fail: `RECORD=1`.
package let isRecording = ProcessInfo.processInfo.environment["RECORD"] == "1"

extension SampleCase {
  /// The sample with its numbers, for another framework to compute.
  package func fixture(batch: Int = 2) throws -> Fixture {
    let built = try build(batch: batch)
    let inputs = zip(sample.inputs, built.inputs).map { input, port -> Fixture.Tensor in
      var classes: Int?
      if case .classes(let count) = input.content { classes = count }
      return Fixture.Tensor(name: input.name, shape: input.shape.dimensions, classes: classes, values: port.elements)
    }
    func tensor(_ port: SampleGraph.Port) -> Fixture.Tensor {
      Fixture.Tensor(name: port.name, shape: built.graph.shape(port.value).dimensions, classes: nil, values: port.elements)
    }
    return Fixture(
      function: function.name, text: description, batch: batch, inputs: inputs, parameters: built.parameters.map(tensor),
      states: built.states.map(tensor), arguments: numbers, weights: built.outputWeights())
  }

  private var numbers: [String: [Double]] {
    var numbers: [String: [Double]] = [:]
    for (name, argument) in sample.arguments {
      switch argument {
      case .number(let number): numbers[name] = [number]
      case .list(let list): numbers[name] = list.map(Double.init)
      case .flag(let flag): numbers[name] = [flag ? 1 : 0]
      case .tensor, .tensors, .classes: break
      }
    }
    return numbers
  }
}

extension SampleCase {
  /// Before the names of a model's inputs, which could be keywords otherwise.
  package static let inputPrefix = "in_"

  /// The sample as a model whose loss is the fixture's: inputs named with the prefix, and the weights written out.
  package func modelText() throws -> String {
    let built = try build(batch: 1)
    let inputs = sample.inputs.map { "input \(SampleCase.inputPrefix)\($0.name): \($0.type)\n" }.joined()
    let weights = SampleCase.literal(built.outputWeights()[...], built.graph.shape(built.output).dimensions[...])
    let call = sample.text(of: function, inputPrefix: SampleCase.inputPrefix)
    guard built.resultCount > 1 else { return inputs + "loss sum(\(call) * \(weights))\n" }
    let others = (1..<built.resultCount).map { ", other\($0)" }.joined()
    return inputs + "(result\(others)) = \(call)\nloss sum(result * \(weights))\n"
  }

  /// Nested lists, the last axis innermost.
  private static func literal(_ elements: ArraySlice<Double>, _ shape: ArraySlice<Int>) -> String {
    guard let extent = shape.first, let first = elements.first else { return elements.first.map { "\($0)" } ?? "0" }
    let size = elements.count / max(extent, 1)
    guard size > 0 else { return "\(first)" }
    let parts = (0..<extent).map { literal(elements.dropFirst($0 * size).prefix(size), shape.dropFirst()) }
    return "[" + parts.joined(separator: ", ") + "]"
  }
}
