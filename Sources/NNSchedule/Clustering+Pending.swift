import NNGraph

/// Nodes that are placed late, where they are read, and nodes that are cheaper to compute again than to keep.
extension Clustering {
  /// How many nodes may wait for each other. Beyond that a node is placed at once.
  static let longestWait = 8

  /// The number of nodes that would wait in a row if this one did; nil where an operand is computed in a kernel already, which it should join.
  func wait(of node: Node) -> Int? {
    var longest = 0
    for input in node.inputs {
      switch homes[traced(input).base.id] {
      case .pending(let depth)?: longest = max(longest, depth)
      case .cluster(_, isSink: false)?: return nil
      default: break
      }
    }
    return longest < Self.longestWait ? longest + 1 : nil
  }

  /// Places a waiting node: in the kernel at `position` if it fits there, else in one of its own.
  mutating func settle(_ value: Value, at position: Int? = nil) {
    guard case .pending? = homes[value.id] else { return }
    let node = graph[value]
    if let position, let item = item(for: value, node, at: position) {
      add(item, to: position)
    } else if case .pending? = homes[value.id] {
      join(value, node)
    }
  }

  /// A node as a statement of the kernel at `position`, if it can be one.
  mutating func item(for value: Value, _ node: Node, at position: Int) -> Cluster.Item? {
    guard let level = level(of: node, in: position), let inputs = inputs(of: node, at: position, level: level) else { return nil }
    return Cluster.Item(value: value, level: level, kind: kind(of: node, inputs), inputs: inputs)
  }

  // MARK: Computing again

  /// Adds a copy of a cheap node to the kernel at `position`, if all it takes is in memory already: that saves writing and reading its value.
  mutating func repeatIfCheap(_ value: Value, at position: Int) {
    let origin = root(value)
    guard fusion == .everything, case .cluster(let own, isSink: false)? = homes[value.id], own < position, materialised[origin] == nil,
      shown[origin] == nil,
      cluster(position)?.clones[origin] == nil, isCheap(origin, depth: 0), let item = item(for: origin, graph[origin], at: position)
    else { return }
    let clone = makeValue(for: origin)
    withCluster(position) { cluster in
      cluster.items.append(Cluster.Item(value: clone, level: item.level, kind: item.kind, inputs: item.inputs))
      cluster.levels[clone] = item.level
      cluster.clones[origin] = clone
    }
  }

  /// A few plain operations on one value that is in memory, and others that are small beside it.
  private func isCheap(_ value: Value, depth: Int) -> Bool {
    guard value.id < graph.count, depth < 3, case .elementwise(let expression) = graph[value].operation.lowering, expression.isCheap else {
      return false
    }
    var reads = 0
    for input in graph[value].inputs {
      let base = traced(input).base
      switch homes[base.id] {
      case .constant?, .scalar?: continue
      case .view?: break
      case .cluster?:
        guard isSmall(base, beside: value) || isInMemory(root(base)) || isCheap(root(base), depth: depth + 1) else { return false }
      default: return false
      }
      if !isSmall(base, beside: value) { reads += 1 }
    }
    return reads <= 1
  }

  private func isInMemory(_ value: Value) -> Bool { materialised[value] != nil || shown[value] != nil }

  /// Whether a value is read so often for each element of the other that it stays in the nearest cache.
  private func isSmall(_ value: Value, beside other: Value) -> Bool {
    let (type, whole) = (graph.type(value), graph.type(other))
    return (whole.isBatched && !type.isBatched) || (whole.isBatched == type.isBatched && type.shape.count * 8 <= whole.shape.count)
  }
}

extension ScalarExpression {
  /// Takes about as long as reading a number from the nearest cache.
  fileprivate var isCheap: Bool {
    switch self {
    case .input, .constant: true
    case .coordinate: false
    case .unary(let primitive, let operand): primitive.isCheap && operand.isCheap
    case .binary(let primitive, let lhs, let rhs): primitive.isCheap && lhs.isCheap && rhs.isCheap
    case .select(let condition, let first, let second): condition.isCheap && first.isCheap && second.isCheap
    }
  }
}

extension UnaryPrimitive {
  fileprivate var isCheap: Bool {
    switch self {
    case .negate, .absolute, .square, .step, .relu: true
    default: false
    }
  }
}

extension BinaryPrimitive {
  fileprivate var isCheap: Bool {
    switch self {
    case .divide, .pow: false
    default: true
    }
  }
}
