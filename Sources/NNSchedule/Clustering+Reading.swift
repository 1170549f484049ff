import NNGraph

/// How a node reads its operands: as a value of its own kernel, or through strides from memory.
extension Clustering {
  /// The place of a value in memory. What is computed gets a buffer.
  mutating func view(of value: Value) -> TensorView {
    let type = type(of: value)
    switch homes[value.id] {
    case .view(let view)?: return view
    case .derived?:
      let view = derivedView(of: value)
      homes[value.id] = .view(view)
      return view
    case .conversion?:
      join(value, graph[value])
      return self.view(of: value)
    case .pending?:
      settle(value)
      return self.view(of: value)
    case .constant(let number)?: return repeated(literal([number], .scalar), type)
    case .scalar(let id, let after)?:
      let origin = root(value)
      if materialised[origin] == nil {
        works.append(.storeScalar(id, to: origin))
        materialised[origin] = max(works.count - 1, after)
      }
      return repeated(TensorView(.node(origin), .scalar), type)
    case .cluster(let position, _)?:
      let origin = root(value)
      if materialised[origin] == nil {
        if let view = shown[origin]?.reshaped(from: self.type(of: origin).shape, to: type.shape) { return view }
        materialised[origin] = position
      }
      return TensorView(.node(origin), type)
    case nil: preconditionFailure("internal: v\(value.id) is used before it is placed")
    }
  }

  func repeated(_ view: TensorView, _ type: ValueType) -> TensorView {
    var result = view
    result.batch = 0
    result.strides = [Int](repeating: 0, count: type.shape.rank)
    return result
  }

  /// The first position at which what the view shows is there.
  func ready(_ view: TensorView) -> Int {
    if case .node(let origin) = view.origin, let position = materialised[origin] { return position + 1 }
    return 0
  }

  /// Follows reshapes and expansions, which only repeat, back to what they show.
  func traced(_ value: Value) -> (base: Value, chain: [Node]) {
    var chain: [Node] = []
    var current = value
    while case .derived? = homes[current.id], !isPart(graph[current]) {
      chain.append(graph[current])
      current = graph[current].inputs[0]
    }
    return (current, chain.reversed())
  }

  func isPart(_ node: Node) -> Bool {
    if case .view = node.operation.lowering { return !(node.operation is Expand) }
    return false
  }

  /// A view of a chain's base, seen through the chain.
  func seen(_ base: TensorView, through chain: [Node]) -> TensorView? {
    var view: TensorView? = base
    for node in chain {
      if case .view(let strided) = node.operation.lowering {
        view = view?.viewed(resolved(strided, node))
      } else {
        view = view?.reshaped(from: graph.type(node.inputs[0]).shape, to: node.type.shape)
      }
    }
    return view
  }

  /// What a cluster computes and `value` shows, and its strides along the axes of `value`.
  func localView(of value: Value) -> (origin: Value, position: Int, view: TensorView)? {
    let (base, chain) = traced(value)
    guard case .cluster(let position, isSink: false)? = homes[base.id],
      let view = seen(TensorView(.node(root(base)), graph.type(base)), through: chain)
    else { return nil }
    return (root(base), position, view)
  }

  /// The class numbers that `value` shows as reals.
  mutating func convertedView(of value: Value) -> TensorView? {
    let (base, chain) = traced(value)
    guard case .conversion? = homes[base.id] else { return nil }
    return seen(view(of: graph[base].inputs[0]), through: chain)
  }
}
