package import NNGraph
package import NNSource

/// Where a model is looked at to see whether it can learn: its activation functions, what its first layers are fed, and targets that have bounds.
package struct Survey: Sendable {
  /// Uses of an activation function by one layer: an unrolled loop has many.
  package struct Activation: Sendable {
    /// Such as `relu`.
    package let function: String
    /// The layer before it.
    package let layer: String?
    package let range: SourceRange?
    package let bounds: ClosedRange<Double>
    package fileprivate(set) var values: [Value]
    package let type: ValueType

    /// Each place along an axis is a unit: a channel of pictures, a feature of sequences, else a number.
    var unitAxis: Int? { type.shape.rank == 0 ? nil : type.shape.rank > 2 ? 0 : type.shape.rank - 1 }

    /// How often a unit is computed for so many examples.
    package func uses(examples: Int) -> Int {
      let units = unitAxis.map { type.shape[$0] } ?? 1
      return values.count * (type.isBatched ? examples : 1) * type.shape.count / max(units, 1)
    }
  }

  /// What a layer is fed that no layer has seen before.
  package struct Feed: Sendable {
    package let value: Value
    /// Of the layer.
    package let parameter: Int
    package let layer: String?
    package let range: SourceRange?
    /// Numbers in an example.
    package let elements: Int
  }

  package private(set) var activations: [Activation] = []
  package private(set) var feeds: [Feed] = []
  /// Those that data alone decides about.
  package private(set) var expectations: [Expectation] = []

  package init(_ model: Model) {
    let flow = ParameterFlow(model)
    let graph = model.graph.graph
    var places: [ActivationKey: Int] = [:]
    for (id, node) in graph.nodes.enumerated() where flow.isUsed[id] {
      if node.operation.bounds != nil, flow.isHidden(Value(id)) { add(Value(id), node, flow, &places) }
      if let fed = flow.freshOperand(of: Value(id)), !feeds.contains(where: { $0.value == fed.value }) {
        feeds.append(
          Feed(
            value: fed.value, parameter: fed.parameter, layer: flow.layer(fed.parameter), range: node.range,
            elements: graph.type(fed.value).shape.count))
      }
    }
    expectations = model.graph.expectations.filter { flow.latest[$0.value.id] == nil && graph.type($0.value).isBatched }
  }

  /// In the order of the reports: activations, feeds, expectations.
  var values: [Value] { activations.flatMap(\.values) + feeds.map(\.value) + expectations.map(\.value) }

  private mutating func add(_ value: Value, _ node: Node, _ flow: ParameterFlow, _ places: inout [ActivationKey: Int]) {
    guard let bounds = node.operation.bounds, node.type.shape.count > 0 else { return }
    let parameter = node.inputs.compactMap { flow.latest[$0.id] }.max()
    let key = ActivationKey(range: node.range, parameter: parameter, type: node.type)
    if let place = places[key] { return activations[place].values.append(value) }
    places[key] = activations.count
    activations.append(
      Activation(
        function: type(of: node.operation).mnemonic, layer: parameter.flatMap(flow.layer), range: node.range, bounds: bounds,
        values: [value], type: node.type))
  }
}

private struct ActivationKey: Hashable {
  let range: SourceRange?
  let parameter: Int?
  let type: ValueType
}

/// How parameters reach the values of a model.
private struct ParameterFlow {
  private let model: Model
  /// Whether a loss depends on a value.
  let isUsed: [Bool]
  /// The last parameter, in the order of the model, that a value depends on.
  private(set) var latest: [Int?]
  private var dependsOnExamples: [Bool]
  /// Whether a product with parameters comes after a value.
  private var feedsLayer: [Bool]
  /// Whether a value is multiplied by what it is a function of.
  private var isFactor: [Bool]

  init(_ model: Model) {
    self.model = model
    let nodes = model.graph.graph.nodes
    isUsed = model.graph.graph.reachable(from: model.losses.map(\.value))
    latest = [Int?](repeating: nil, count: nodes.count)
    dependsOnExamples = [Bool](repeating: false, count: nodes.count)
    feedsLayer = dependsOnExamples
    isFactor = dependsOnExamples
    for (id, node) in nodes.enumerated() {
      if case .source(let argument) = node.operation.lowering {
        if argument.role == .parameter { latest[id] = argument.index }
        dependsOnExamples[id] = argument.role == .input || argument.role == .target
      } else {
        latest[id] = node.inputs.compactMap { latest[$0.id] }.max()
        dependsOnExamples[id] = node.inputs.contains { dependsOnExamples[$0.id] }
      }
    }
    for (id, node) in nodes.enumerated().reversed() where isUsed[id] {
      let hasWeights = weights(of: node) != nil
      for input in node.inputs where feedsLayer[id] || hasWeights { feedsLayer[input.id] = true }
      if case .elementwise(.binary(.multiply, .input(0), .input(1))) = node.operation.lowering {
        for (factor, other) in zip(node.inputs, node.inputs.reversed()) where nodes[factor.id].inputs == [other] {
          isFactor[factor.id] = true
        }
      }
    }
  }

  /// The operand of a product that is made of parameters alone.
  private func weights(of node: Node) -> Value? {
    switch node.operation.lowering {
    case .contraction, .elementwise(.binary(.multiply, .input(0), .input(1))):
      node.inputs.first { latest[$0.id] != nil && !dependsOnExamples[$0.id] && !model.graph.type($0).isBatched }
    default: nil
    }
  }

  /// A loss may want its own values, and outputs, to come to their bounds; what another layer is fed with should not. Where the function is but a factor
  /// of its own argument, as in x s(x), that has a slope of its own.
  func isHidden(_ value: Value) -> Bool { latest[value.id] != nil && feedsLayer[value.id] && !isFactor[value.id] }

  /// What a product with parameters is fed, where that comes from the examples alone; views of it left aside.
  func freshOperand(of product: Value) -> (value: Value, parameter: Int)? {
    let node = model.graph.graph[product]
    guard let weights = weights(of: node), let parameter = latest[weights.id],
      let fed = node.inputs.first(where: { $0 != weights && latest[$0.id] == nil && dependsOnExamples[$0.id] })
    else { return nil }
    return (unviewed(fed), parameter)
  }

  private func unviewed(_ value: Value) -> Value {
    let node = model.graph.graph[value]
    switch node.operation.lowering {
    case .reshape, .view, .windows, .stop: return node.inputs.first.map(unviewed) ?? value
    case .place where node.inputs.count == 1: return unviewed(node.inputs[0])
    default: return value
    }
  }

  /// `dense1` of `dense1.weight`.
  func layer(_ parameter: Int) -> String? {
    let name = model.parameters[parameter].name
    return name.lastIndex(of: ".").map { String(name[..<$0]) } ?? name
  }
}
