import NNGraph

/// Operations on matching elements join the kernels of their operands.
extension Clustering {
  mutating func placeElementwise(_ value: Value, _ node: Node, _ expression: ScalarExpression) {
    if node.type.isSingle, let operands = scalarOperands(node.inputs) {
      homes[value.id] = appendScalar(value, expression, operands)
      return
    }
    if expression == .unary(.fromIndex, .input(0)) {
      homes[value.id] = .conversion
    } else {
      placeLate(value, node)
    }
  }

  /// Without an operand that some kernel computes, a node waits for its first reader.
  mutating func placeLate(_ value: Value, _ node: Node) {
    if fusion == .everything, let wait = wait(of: node) {
      homes[value.id] = .pending(wait)
    } else {
      join(value, node)
    }
  }

  mutating func scalarOperands(_ inputs: [Value]) -> [ScalarOperand]? {
    var operands: [ScalarOperand] = []
    for input in inputs {
      switch homes[input.id] {
      case .constant(let number)?: operands.append(.constant(number))
      case .scalar(let id, _)?: operands.append(.scalar(id))
      case .view?, .derived?:
        let view = self.view(of: input)
        guard case .argument(let argument) = view.origin, graph.type(input).element == .real else { return nil }
        operands.append(.memory(Access(.argument(argument), offset: view.offset)))
      default: return nil
      }
    }
    return operands
  }

  /// Places a node in the kernel of an operand if it fits there, else in a new one.
  mutating func join(_ value: Value, _ node: Node) {
    // An operand that was waiting gets a kernel of its own when it cannot be part of one that is tried: that is a candidate too then.
    var tried: Set<Int> = []
    while let position = candidatePositions(node).first(where: { !tried.contains($0) }) {
      if let item = item(for: value, node, at: position) { return add(item, to: position) }
      tried.insert(position)
    }
    while true {
      let position = startCluster(dims: node.type.dims)
      if let item = item(for: value, node, at: position) { return add(item, to: position) }
      // An operand was waiting and got a kernel of its own just now, after this one, which stays empty.
    }
  }

  func kind(of node: Node, _ inputs: [Cluster.Input]) -> Statement.Kind {
    switch node.operation.lowering {
    case .elementwise(let expression): return converting(expression, node, inputs)
    case .draw(let distribution, let site):
      return .draw(distribution, site: site, perExample: node.type.shape.count, isBatched: node.type.isBatched)
    default: preconditionFailure("internal: \(Swift.type(of: node.operation).mnemonic) is no statement")
    }
  }

  /// Makes reals of class numbers that are read where the node has reals.
  func converting(_ expression: ScalarExpression, _ node: Node, _ inputs: [Cluster.Input]) -> Statement.Kind {
    let isConverted = zip(node.inputs, inputs).map { value, input in
      if case .index = input { graph.type(value).element == .real } else { false }
    }
    return .compute(isConverted.contains(true) ? expression.converting(isConverted) : expression)
  }

  mutating func startCluster(dims: Dims) -> Int {
    works.append(.cluster(Cluster(dims: dims, isNatural: true)))
    latestByDims[dims] = works.count - 1
    return works.count - 1
  }

  mutating func add(_ item: Cluster.Item, to position: Int) {
    withCluster(position) { cluster in
      cluster.items.append(item)
      cluster.levels[item.value] = item.level
    }
    homes[item.value.id] = .cluster(position, isSink: false)
  }

  /// The clusters that compute operands, latest first; without any, the latest with the same loops.
  func candidatePositions(_ node: Node) -> [Int] {
    guard fusion == .everything else { return [] }
    var positions: Set<Int> = []
    for input in node.inputs { if let local = localView(of: input) { positions.insert(local.position) } }
    if positions.isEmpty, let latest = latestByDims[node.type.dims] { positions.insert(latest) }
    return positions.sorted(by: >)
  }

  func cluster(_ position: Int) -> Cluster? {
    if case .cluster(let cluster) = works[position] { return cluster }
    return nil
  }

  mutating func withCluster(_ position: Int, _ body: (inout Cluster) -> Void) {
    guard case .cluster(var cluster) = works[position] else { return }
    works[position] = .check(0)
    body(&cluster)
    works[position] = .cluster(cluster)
  }

  /// At which level a node of this type is computed in a cluster; nil where it is not.
  func level(of node: Node, in position: Int) -> Level? {
    guard case .cluster(let cluster) = works[position], cluster.items.count < Cluster.maximumItems else { return nil }
    let dims = node.type.dims
    if dims == cluster.dims && cluster.isNatural { return .full }
    return dims == cluster.rowDims ? .row : nil
  }

  /// The inputs of a node if it were computed at a position; nil where one of them is not there yet or is walked in a way the kernel has no loops for.
  mutating func inputs(of node: Node, at position: Int, level: Level) -> [Cluster.Input]? {
    var inputs: [Cluster.Input] = []
    for input in node.inputs {
      guard let resolved = self.input(input, for: node.type, at: position, level: level) else { return nil }
      inputs.append(resolved)
    }
    return inputs
  }

  mutating func input(_ value: Value, for type: ValueType, at position: Int, level: Level) -> Cluster.Input? {
    switch homes[traced(value).base.id] {
    case .constant(let number)?: return .constant(number)
    case .scalar(let id, let after)?: return after < position ? .scalar(id) : nil
    default: break
    }
    let base = traced(value).base
    settle(base, at: position)
    if case .cluster? = homes[base.id] { repeatIfCheap(base, at: position) }
    if let local = local(value, for: type, at: position, level: level) { return .local(local) }
    if let view = convertedView(of: value) {
      let strides = view.strides(along: type, from: graph.type(value).shape)
      return isWalkable(strides, at: position) ? .index(view, strides: strides) : nil
    }
    if case .cluster(let own, _)? = homes[value.id], own >= position { return nil }
    let view = self.view(of: value)
    guard ready(view) <= position else { return nil }
    let strides = view.strides(along: type, from: graph.type(value).shape)
    guard isWalkable(strides, at: position) else { return nil }
    if case .integer = graph.type(value).element { return .index(view, strides: strides) }
    return .view(view, strides: strides)
  }

  /// The cluster's own value that `value` shows element for element, or row by row.
  func local(_ value: Value, for type: ValueType, at position: Int, level: Level) -> Value? {
    guard let found = localView(of: value), case .cluster(let cluster) = works[position] else { return nil }
    let origin = found.position == position ? found.origin : cluster.clones[found.origin]
    guard let origin, let own = cluster.levels[origin] else { return nil }
    let strides = found.view.strides(along: type, from: graph.type(value).shape)
    switch (own, level) {
    case (.full, .full), (.row, .row):
      return strides == naturalStrides(type.dims) ? origin : nil
    case (.row, .full):
      guard let split = cluster.split else { return nil }
      let rows = Array(cluster.dims[..<split])
      return Array(strides[..<split]) == naturalStrides(rows) && strides[split...].allSatisfy { $0 == 0 } ? origin : nil
    case (.full, .row): return nil
    }
  }

  func isWalkable(_ strides: [Int], at position: Int) -> Bool {
    guard case .cluster(let cluster) = works[position] else { return false }
    return cluster.runs.allSatisfy { run in
      run.upperBound > strides.count || collapsedStride(strides, cluster.dims, in: run) != nil
    }
  }
}
