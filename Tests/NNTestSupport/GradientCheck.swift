import NNGraph

/// Compares derivatives with each other and with centred differences of values.
package struct GradientCheck {
  /// The largest disagreement found, relative to the larger of 1 and the derivative.
  package struct Report: Sendable {
    package var worst = 0.0
    package var place = "nowhere"
    package var problems: [String] = []

    mutating func compare(_ found: [Double], _ expected: [Double], _ place: String) {
      for (index, pair) in zip(found, expected).enumerated() {
        let error = abs(pair.0 - pair.1) / max(1, abs(pair.1))
        guard error > worst || error.isNaN else { continue }
        worst = error.isNaN ? .infinity : error
        self.place = "\(place)[\(index)]: \(pair.0) instead of \(pair.1)"
      }
    }
  }

  package var sample: SampleGraph
  package var batch: Int
  package var mode: Interpreter.Mode
  private let loss: Value
  private var builder: GraphBuilder

  package init(_ sample: SampleGraph, batch: Int?, mode: Interpreter.Mode) {
    var sample = sample
    loss = sample.makeLoss()
    builder = sample.graph
    builder.isTraining = mode == .training
    self.sample = sample
    self.batch = batch ?? 1
    self.mode = mode
  }

  /// First order against differences of the loss, second order against differences of the gradient, forward mode against reverse mode.
  package mutating func run() throws -> Report {
    var report = Report()
    let targets = sample.reals.map(\.value)
    guard !targets.isEmpty else { return report }
    let gradients = builder.gradient(of: loss, seed: builder.fill(1), by: targets)
    let found = try evaluate(gradients)
    for (index, port) in sample.reals.enumerated() {
      report.compare(found[index], try differences(of: [loss], along: port).map { $0[0] }, "gradient of \(port.name)")
    }
    try compareSecondOrder(gradients, &report)
    try compareForward(gradients, &report)
    report.problems = GraphVerifier(allowsModes: true).problems(in: builder.graph)
    return report
  }

  private mutating func compareSecondOrder(_ gradients: [Value], _ report: inout Report) throws {
    let directions = directions()
    let slope = inner(gradients, directions)
    let products = builder.gradient(of: slope, seed: builder.fill(1), by: sample.reals.map(\.value))
    let found = try evaluate(products)
    for (index, port) in sample.reals.enumerated() {
      report.compare(found[index], try differences(of: [slope], along: port).map { $0[0] }, "Hessian product of \(port.name)")
    }
    let seeds = Dictionary(zip(sample.reals.map(\.value), directions)) { first, _ in first }
    let tangents = builder.tangents(of: gradients, along: seeds)
    let forward = try evaluate(tangents)
    for (index, port) in sample.reals.enumerated() {
      report.compare(forward[index], found[index], "forward over reverse of \(port.name)")
    }
  }

  /// <w, J u> is <J' w, u>.
  private mutating func compareForward(_ gradients: [Value], _ report: inout Report) throws {
    let directions = directions()
    let seeds = Dictionary(zip(sample.reals.map(\.value), directions)) { first, _ in first }
    let forward = builder.tangents(of: [loss], along: seeds)[0]
    let reverse = inner(gradients, directions)
    let values = try evaluate([forward, reverse])
    report.compare(values[0], values[1], "forward mode")
  }

  /// A fixed direction for every real port, one for all examples or one per example, as the port is.
  private mutating func directions() -> [Value] {
    var numbers = SeededNumbers(seed: 17)
    return sample.reals.map { port in
      let type = builder.type(port.value)
      let elements = (0..<type.shape.count).map { _ in numbers.uniform(-1...1) }
      return builder.expand(builder.node(Literal(elements, type.shape), []), to: type)
    }
  }

  /// The sum of products over all elements, examples included.
  private mutating func inner(_ lhs: [Value], _ rhs: [Value]) -> Value {
    var total = builder.fill(0)
    for (a, b) in zip(lhs, rhs) {
      let product = builder.multiply(a, b)
      total = builder.add(total, builder.reduce(.sum, product, axes: Array(0..<builder.shape(product).rank), batch: true))
    }
    return total
  }

  private func evaluate(_ roots: [Value], _ values: [Argument: [Double]]? = nil) throws -> [[Double]] {
    try Interpreter(builder.graph, mode: mode).run(values: values ?? sample.values, batch: batch, roots: roots)
  }

  /// By each element of a port: the centred difference of each root's first element.
  private func differences(of roots: [Value], along port: SampleGraph.Port) throws -> [[Double]] {
    let step = 1e-5
    return try port.elements.indices.map { index in
      var values = sample.values
      values[port.argument]?[index] += step
      let above = try evaluate(roots, values)
      values[port.argument]?[index] -= 2 * step
      let below = try evaluate(roots, values)
      return zip(above, below).map { ($0[0] - $1[0]) / (2 * step) }
    }
  }
}
