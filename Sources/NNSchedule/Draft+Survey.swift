import NNGraph
import NNOperations

extension Draft {
  /// The share of its range at either end where a function with two bounds is taken to be flat: the slope is a tenth of the steepest or less.
  private static let flatShare = 0.01

  /// What ``Survey`` looks at, summed up over the batch.
  mutating func reportSurvey() {
    let survey = Survey(model)
    for (index, activation) in survey.activations.enumerated() {
      let counts = activation.values.map { responses(image($0), activation) }
      report("responses.\(index)", counts.dropFirst().reduce(counts.first ?? graph.fill(0)) { graph.add($0, $1) })
    }
    for (index, feed) in survey.feeds.enumerated() {
      let value = graph.number(image(feed.value))
      report("squares.\(index)", overall(.sum, graph.node(Square(), [value])))
    }
    for (index, expectation) in survey.expectations.enumerated() {
      let value = image(expectation.value)
      report("least.\(index)", overall(.min, value))
      report("most.\(index)", overall(.max, value))
    }
  }

  /// How often each unit is where the function has a slope.
  private mutating func responses(_ value: Value, _ activation: Survey.Activation) -> Value {
    let (low, high) = (activation.bounds.lowerBound, activation.bounds.upperBound)
    let margin = high == .infinity ? 0 : Self.flatShare * (high - low)
    var responds = graph.node(Less(), [graph.fill(low + margin), value])
    if high != .infinity { responds = graph.multiply(responds, graph.node(Less(), [value, graph.fill(high - margin)])) }
    let shape = graph.shape(value)
    return graph.reduce(.sum, responds, axes: (0..<shape.rank).filter { $0 != activation.unitAxis }, batch: true)
  }

  private mutating func overall(_ kind: ReductionKind, _ value: Value) -> Value {
    let axes = Array(0..<graph.shape(value).rank)
    return graph.reduce(kind, graph.reduce(kind, value, axes: axes), axes: [], batch: true)
  }
}
