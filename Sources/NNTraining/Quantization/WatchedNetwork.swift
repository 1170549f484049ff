import NNExecution
import NNGraph
import NNQuantization
import NNSchedule

/// A float network at work that lets some of its values be seen.
final class WatchedNetwork {
  let instance: ModelInstance
  private let table: ExampleTable
  private let outputs: Int
  private let values: [Value]

  /// The examples that a call takes: few, since all that is seen is kept for them.
  private static let batch = 16

  /// - Parameter values: what to see beside the outputs.
  init(_ setup: ModelSetup, _ values: [Value], on table: ExampleTable) throws {
    var watching = setup
    let seen = values.map { NamedValue(name: "value\($0.id)", value: $0, range: nil) }
    watching.model.outputs += seen
    instance = try watching.instance([.infer], batch: Self.batch)
    self.table = table
    self.values = values
    outputs = setup.model.outputs.count
  }

  /// Computes all of it for some rows of the data, a few at a time.
  func run(_ rows: [Int], _ body: (ArraySlice<Int>) throws -> Void) rethrows {
    for start in stride(from: 0, to: rows.count, by: Self.batch) {
      let batch = rows[start..<min(start + Self.batch, rows.count)]
      instance.memory.examples.gather(batch, of: table)
      instance.infer(count: batch.count)
      try body(batch)
    }
  }

  private func shape(_ value: Value) -> Shape { instance.model.graph.shape(value) }

  /// The numbers of an output for the `example`-th of the rows at hand.
  func output(_ index: Int, example: Int) -> [Double] {
    let count = shape(instance.model.outputs[index].value).count
    return instance.memory.outputs[index].numbers(example * count..<(example + 1) * count)
  }

  /// Likewise of a value that is seen, by its place among them.
  func value(_ index: Int, example: Int) -> [Double] { output(outputs + index, example: example) }

  /// The numbers of values that are the same for all examples.
  static func constants(_ setup: ModelSetup, _ values: [Value], on table: ExampleTable) throws -> [Value: [Double]] {
    let network = try WatchedNetwork(setup, values, on: table)
    var numbers: [Value: [Double]] = [:]
    network.run([0]) { _ in
      for (index, value) in values.enumerated() { numbers[value] = network.value(index, example: 0) }
    }
    return numbers
  }

  /// From the least to the largest number of each value over some rows; one that is not a number makes the range so.
  func ranges(_ rows: [Int]) -> [Value: (low: Double, high: Double)] {
    var ranges = [(low: Double, high: Double)](repeating: (.infinity, -.infinity), count: values.count)
    run(rows) { batch in
      for (index, value) in values.enumerated() {
        let count = shape(value).count * batch.count
        let seen = instance.memory.outputs[outputs + index].extremes(0..<count)
        ranges[index] = (Double.minimum(ranges[index].low, seen.low), Double.maximum(ranges[index].high, seen.high))
        if !seen.low.isFinite || !seen.high.isFinite { ranges[index] = (.nan, .nan) }
      }
    }
    return Dictionary(uniqueKeysWithValues: zip(values, ranges))
  }
}

extension RealBuffer {
  /// The least and the largest number; NaN where one is not finite.
  func extremes(_ range: Range<Int>) -> (low: Double, high: Double) {
    guard isFinite(range) else { return (.nan, .nan) }
    let numbers = singles(range)
    return (Double(numbers.min() ?? 0), Double(numbers.max() ?? 0))
  }
}
