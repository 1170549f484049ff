/// Finds the nodes of a graph by what they are: a hash table of node numbers. The nodes stay in the graph, so that growing the table moves numbers only.
struct NodeIndex: Sendable {
  /// Node numbers, or -1; a power of two of them, at most half of them taken.
  private var slots = [Int32](repeating: -1, count: 64)
  /// By node.
  private var hashes: [Int] = []

  /// What makes two nodes the same: the operation with its attributes, and the inputs.
  static func hash(_ operation: some Operation, _ inputs: [Value]) -> Int {
    var hasher = Hasher()
    hasher.combine(ObjectIdentifier(Swift.type(of: operation)))
    hasher.combine(operation)
    for input in inputs { hasher.combine(input.id) }
    return hasher.finalize()
  }

  func find(_ operation: some Operation, _ inputs: [Value], hash: Int, in graph: Graph) -> Value? {
    var place = hash & (slots.count - 1)
    while slots[place] >= 0 {
      let node = Int(slots[place])
      if hashes[node] == hash, Self.isSame(graph.nodes[node], operation, inputs) { return Value(node) }
      place = (place + 1) & (slots.count - 1)
    }
    return nil
  }

  /// Adds the node that was appended to the graph last.
  mutating func append(hash: Int) {
    hashes.append(hash)
    if hashes.count * 2 > slots.count {
      slots = [Int32](repeating: -1, count: slots.count * 2)
      for node in hashes.indices { place(node) }
    } else {
      place(hashes.count - 1)
    }
  }

  private mutating func place(_ node: Int) {
    var place = hashes[node] & (slots.count - 1)
    while slots[place] >= 0 { place = (place + 1) & (slots.count - 1) }
    slots[place] = Int32(node)
  }

  private static func isSame<T: Operation>(_ node: Node, _ operation: T, _ inputs: [Value]) -> Bool {
    node.inputs == inputs && (node.operation as? T) == operation
  }
}
