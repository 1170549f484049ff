import NNGraph
import NNSchedule

/// A model whose stopped values come from outside. Held at what they are, they leave a loss whose slope is the gradient: that of the model itself
/// also sees what `stop` hides.
struct FrozenModel {
  /// The losses of the model, and nothing else of it. Stopped values are targets after its own, or parameters after its own where there is one for
  /// all examples.
  private(set) var model: Model
  /// In the original graph, in the order of the targets that stand for them.
  private(set) var targets: [Value] = []
  /// Likewise of the parameters.
  private(set) var parameters: [Value] = []

  private var builder = GraphBuilder()

  init(_ model: Model) {
    self.model = model
    let graph = model.graph.graph
    let isUsed = graph.reachable(from: model.losses.map(\.value))
    var images: [Value: Value] = [:]
    for id in graph.nodes.indices where isUsed[id] {
      let node = graph.nodes[id]
      builder.range = node.range
      images[Value(id)] =
        node.operation.lowering == .stop && node.type.element == .real
        ? frozen(Value(id), node.type) : builder.node(node.operation, node.inputs.compactMap { images[$0] })
    }
    dropAllButLosses(images)
  }

  /// Whether there is anything that had to be frozen.
  var isFrozen: Bool { !targets.isEmpty || !parameters.isEmpty }

  /// Stopped values by name, to be recorded from the original model.
  var bindings: [NamedValue] { (targets + parameters).map { NamedValue(name: "\($0.id)", value: $0, range: nil) } }

  private mutating func frozen(_ value: Value, _ type: ValueType) -> Value {
    let name = "stopped \(value.id)"
    if type.isBatched {
      let source = builder.source(Argument(.target, model.targets.count), type)
      model.targets.append(Port(name: name, type: type, value: source, range: nil))
      targets.append(value)
      return source
    }
    let source = builder.source(Argument(.parameter, model.parameters.count), type)
    model.parameters.append(Parameter(name: name, shape: type.shape, initial: .constant(0), value: source, range: nil))
    parameters.append(value)
    return source
  }

  private mutating func dropAllButLosses(_ images: [Value: Value]) {
    model.graph = builder
    model.metrics = []
    model.outputs = []
    model.bindings = []
    for index in model.states.indices { model.states[index].next = nil }
    for index in model.losses.indices {
      if let image = images[model.losses[index].value] { model.losses[index].value = image }
    }
  }
}

extension FrozenModel {
  /// Puts recorded values, in the order of `bindings`, where an instance of the model reads them.
  func hold(_ values: [[Double]], in instance: ModelInstance) {
    let firstTarget = model.ports.count - targets.count
    for (index, numbers) in values.prefix(targets.count).enumerated() {
      instance.memory.examples.replace(port: firstTarget + index, with: numbers)
    }
    let firstParameter = model.parameters.count - parameters.count
    for (index, numbers) in values.dropFirst(targets.count).enumerated() {
      instance.memory.parameters.replace(from: instance.compiled.layout.parameters[firstParameter + index], with: numbers)
    }
  }
}
