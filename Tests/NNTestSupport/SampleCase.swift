package import NNGraph
package import NNOperations

/// One sample call of the catalogue, to be run as a test.
package struct SampleCase: Sendable, CustomStringConvertible {
  package var function: any CatalogueFunction.Type
  package var ordinal: Int

  package var sample: Sample { function.samples[ordinal] }
  package var description: String {
    let inputs = sample.inputs.map { "\($0.name): \($0.type)" }.joined(separator: ", ")
    return sample.text(of: function) + (inputs.isEmpty ? "" : " with " + inputs)
  }

  package static let all: [SampleCase] = Catalogue.functions.flatMap { function in
    function.samples.indices.map { SampleCase(function: function, ordinal: $0) }
  }

  package static let differentiable = all.filter { $0.sample.isDifferentiable }

  /// Those that may stand inside an expression: not a metric that takes its root last.
  package static let composable = all.filter { $0.function.metricFinish == .none }
}

/// A sample as a graph whose inputs and parameters come from the caller.
package struct SampleGraph: Sendable {
  /// A value that the caller hands in, with numbers for it.
  package struct Port: Sendable {
    package var name: String
    package var value: Value
    package var argument: Argument
    package var elements: [Double]
    package var isReal: Bool

    package init(name: String, value: Value, argument: Argument, elements: [Double], isReal: Bool) {
      self.name = name
      self.value = value
      self.argument = argument
      self.elements = elements
      self.isReal = isReal
    }
  }

  package var graph: GraphBuilder
  /// The first of the results.
  package var output: Value
  package var resultCount: Int
  package var inputs: [Port]
  package var parameters: [Port]
  /// Saved statistics, and what a training call makes of each.
  package var states: [Port]
  package var advanced: [Value]

  package init(graph: GraphBuilder, results: [Value], inputs: [Port], parameters: [Port], states: [Port] = [], advanced: [Value] = []) {
    self.graph = graph
    output = results[0]
    resultCount = results.count
    self.inputs = inputs
    self.parameters = parameters
    self.states = states
    self.advanced = advanced
  }

  package var ports: [Port] { inputs + parameters + states }
  /// What a loss can be differentiated by.
  package var reals: [Port] { (inputs + parameters).filter(\.isReal) }
  package var values: [Argument: [Double]] { Dictionary(ports.map { ($0.argument, $0.elements) }) { first, _ in first } }
}

extension SampleCase {
  /// Builds the call. Inputs hold one value per example, or one for all where `batch` is nil; numbers are the same at every call.
  package func build(batch: Int?) throws(CallError) -> SampleGraph {
    var graph = GraphBuilder()
    var numbers = SeededNumbers(seed: SampleCase.seed(of: description))
    var inputs: [SampleGraph.Port] = []
    for (index, input) in sample.inputs.enumerated() {
      inputs.append(SampleCase.port(input, index, batch: batch, &graph, &numbers))
    }
    var call = FunctionCall(
      graph: graph, parameters: function.parameters, arguments: arguments(inputs.map(\.value), &graph),
      scope: ParameterScope(prefix: function.name + "1"), nextSite: 0)
    call.graph = graph
    let results = try Catalogue.evaluate(function, &call)
    let parameters = call.scope.created.enumerated().map { index, parameter in
      SampleGraph.Port(
        name: parameter.name, value: parameter.value, argument: Argument(.parameter, index),
        elements: (0..<parameter.shape.count).map { _ in numbers.smooth(-1...1) }, isReal: true)
    }
    let states = call.scope.statistics.enumerated().map { index, slot in
      SampleGraph.Port(
        name: slot.name, value: slot.value, argument: Argument(.state, index),
        elements: (0..<slot.type.shape.count).map { _ in numbers.smooth(0.5...1.5) }, isReal: true)
    }
    return SampleGraph(
      graph: call.graph, results: results, inputs: inputs, parameters: parameters, states: states,
      advanced: call.scope.statistics.compactMap(\.next))
  }

  private static func port(
    _ input: Sample.Input, _ index: Int, batch: Int?, _ graph: inout GraphBuilder, _ numbers: inout SeededNumbers
  ) -> SampleGraph.Port {
    let count = input.shape.count * (batch ?? 1)
    let argument = Argument(.input, index)
    switch input.content {
    case .reals(let range):
      let value = graph.source(argument, ValueType(input.shape, isBatched: batch != nil))
      let elements = (0..<count).map { _ in numbers.smooth(range) }
      return SampleGraph.Port(name: input.name, value: value, argument: argument, elements: elements, isReal: true)
    case .classes(let classes):
      let value = graph.source(argument, ValueType(input.shape, isBatched: batch != nil, element: .integer(classes: classes)))
      let elements = (0..<count).map { _ in Double(Int.random(in: 0..<classes, using: &numbers)) }
      return SampleGraph.Port(name: input.name, value: value, argument: argument, elements: elements, isReal: false)
    }
  }

  /// Matches the sample's arguments to the function's parameters, as elaboration does with a call in a model.
  private func arguments(_ inputs: [Value], _ graph: inout GraphBuilder) -> [ArgumentValue?] {
    var next = 0
    var matched = [ArgumentValue?](repeating: nil, count: function.parameters.count)
    for (name, argument) in sample.arguments {
      guard let place = function.parameters.firstIndex(where: { $0.name == name }) else { continue }
      switch argument {
      case .tensor, .classes:
        matched[place] = .value(inputs[next])
        next += 1
      case .tensors(let shapes):
        matched[place] = .values(Array(inputs[next..<(next + shapes.count)]))
        next += shapes.count
      case .number(let number):
        matched[place] = function.parameters[place].kind == .tensor ? .value(graph.fill(number)) : .number(number)
      case .list(let list): matched[place] = .list(list)
      case .flag(let flag): matched[place] = .flag(flag)
      }
    }
    return matched
  }

  /// The same for the same text, on every machine.
  private static func seed(of text: String) -> UInt64 {
    text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }
}

extension SampleGraph {
  /// Fixed weights for the output, to make one number of it.
  package func outputWeights() -> [Double] {
    var numbers = SeededNumbers(seed: UInt64(graph.shape(output).count))
    return (0..<graph.shape(output).count).map { _ in numbers.short(-1...1) }
  }

  /// The loss of a batch: the sum of the output times fixed weights, averaged over the examples.
  package mutating func makeLoss() -> Value {
    let weights = graph.node(Literal(outputWeights(), graph.shape(output)), [])
    let axes = Array(0..<graph.shape(output).rank)
    return graph.batchMean(graph.reduce(.sum, graph.multiply(output, weights), axes: axes))
  }
}
