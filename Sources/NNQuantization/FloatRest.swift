import NNGraph

/// What floats compute behind the integers, as a model of its own.
struct FloatRest {
  private(set) var model: Model

  /// - Parameter cuts: the values that are handed over, and how they lie in memory.
  init(_ whole: Model, cuts: [(value: Value, strides: Strides)]) {
    model = whole
    var builder = GraphBuilder()
    builder.isTraining = false
    var images: [Value: Value] = [:]
    var ports: [Port] = []
    for (index, cut) in cuts.enumerated() {
      let place = whole.inputs.count + index
      let (port, value) = Self.handedOver(cut.value, cut.strides, of: whole, at: place, in: &builder)
      ports.append(port)
      images[cut.value] = value
    }
    for output in whole.outputs { Self.copy(output.value, of: whole, into: &builder, &images) }
    model.graph = builder
    model.inputs += ports
    model.outputs = whole.outputs.map { NamedValue(name: $0.name, value: images[$0.value] ?? $0.value, range: $0.range) }
    (model.losses, model.metrics, model.bindings, model.targets) = ([], [], [], [])
    for index in model.states.indices { model.states[index].next = nil }
  }

  /// A value as it lies in memory, then in the model's own order.
  private static func handedOver(
    _ value: Value, _ strides: Strides, of whole: Model, at place: Int, in builder: inout GraphBuilder
  ) -> (Port, Value) {
    let shape = whole.graph.shape(value)
    let axes = shape.dimensions.indices
    let order = axes.sorted { (strides.axes[$0].first?.stride ?? .max, $1) > (strides.axes[$1].first?.stride ?? .max, $0) }
    let type = ValueType(Shape(order.map { shape[$0] }), isBatched: true)
    let source = builder.source(Argument(.input, place), type)
    let name = whole.graph.graph[value].name ?? "sums"
    let view = StridedView(
      sources: axes.map { axis in order.firstIndex(of: axis) }, starts: [Int](repeating: 0, count: shape.rank))
    let isPlain = order == Array(axes)
    let image = isPlain ? source : builder.node(Transpose(view.sources.compactMap { $0 }), [source])
    return (Port(name: name, type: type, value: source, range: nil), image)
  }

  /// What a value depends on, up to what is handed over; in use.
  private static func copy(_ root: Value, of whole: Model, into builder: inout GraphBuilder, _ images: inout [Value: Value]) {
    var isNeeded: Set<Value> = [root]
    for id in (0...root.id).reversed() where isNeeded.contains(Value(id)) && images[Value(id)] == nil {
      isNeeded.formUnion(inputs(Value(id), of: whole))
    }
    for value in isNeeded.sorted() where images[value] == nil {
      let node = whole.graph.graph[value]
      let operands = inputs(value, of: whole).compactMap { images[$0] }
      switch node.operation.lowering {
      case .modal, .stop: images[value] = operands.first
      default:
        builder.range = node.range
        images[value] = builder.node(node.operation, operands)
        if let name = node.name, let image = images[value] { builder.name(image, name) }
      }
    }
  }

  private static func inputs(_ value: Value, of whole: Model) -> [Value] {
    let node = whole.graph.graph[value]
    if case .modal = node.operation.lowering { return [node.inputs[1]] }
    return node.inputs
  }
}
