package import NNSource

/// A node of a graph, by number. Inputs come before the nodes that use them, so numbers are a topological order.
package struct Value: Hashable, Sendable, Comparable {
  package let id: Int

  package init(_ id: Int) { self.id = id }

  package static func < (lhs: Value, rhs: Value) -> Bool { lhs.id < rhs.id }
}

package struct Node: Sendable {
  package var operation: any Operation
  package var inputs: [Value]
  package var type: ValueType
  /// The model's name for the value, or `grad_` and the name of what it is the gradient of.
  package var name: String?
  /// The text of the model that it came from.
  package var range: SourceRange?

  package init(operation: any Operation, inputs: [Value], type: ValueType, name: String? = nil, range: SourceRange? = nil) {
    self.operation = operation
    self.inputs = inputs
    self.type = type
    self.name = name
    self.range = range
  }
}

/// A static graph: what a model computes, as a list of nodes in topological order.
package struct Graph: Sendable {
  package private(set) var nodes: [Node] = []

  package init() {}

  package subscript(value: Value) -> Node {
    get { nodes[value.id] }
    set { nodes[value.id] = newValue }
  }

  package var count: Int { nodes.count }

  package func type(_ value: Value) -> ValueType { nodes[value.id].type }

  package mutating func append(_ node: Node) -> Value {
    nodes.append(node)
    return Value(nodes.count - 1)
  }

  /// The nodes that `roots` depend on, as flags by node number.
  package func reachable(from roots: [Value]) -> [Bool] {
    var isReached = [Bool](repeating: false, count: nodes.count)
    for root in roots { isReached[root.id] = true }
    for id in nodes.indices.reversed() where isReached[id] {
      for input in nodes[id].inputs { isReached[input.id] = true }
    }
    return isReached
  }
}
