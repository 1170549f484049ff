import NNGraph

/// Rebuilds what some values of a graph depend on for one mode: training, or use. Derivatives can still be taken of the result.
struct ModeResolver {
  private(set) var builder = GraphBuilder()
  private var images: [Value?]
  private let source: Graph
  private let isTraining: Bool

  init(_ source: Graph, isTraining: Bool) {
    self.source = source
    self.isTraining = isTraining
    images = [Value?](repeating: nil, count: source.count)
  }

  /// The values' images, in the new graph.
  mutating func resolve(_ values: [Value]) -> [Value] {
    for id in needed(values) where images[id] == nil { images[id] = image(of: source[Value(id)]) }
    return values.compactMap { images[$0.id] }
  }

  /// Takes the builder, to go on building with it.
  consuming func finish() -> GraphBuilder { builder }

  private mutating func image(of node: Node) -> Value? {
    if case .modal = node.operation.lowering {
      let chosen = images[node.inputs[isTraining ? 0 : 1].id]
      return chosen.map { builder.expand($0, to: node.type) }
    }
    builder.range = node.range
    let image = builder.node(node.operation, node.inputs.compactMap { images[$0.id] })
    if let name = node.name { builder.name(image, name) }
    return image
  }

  /// The numbers of the nodes that the mode needs, in order.
  private func needed(_ roots: [Value]) -> [Int] {
    var isNeeded = [Bool](repeating: false, count: source.count)
    for root in roots { isNeeded[root.id] = true }
    for id in source.nodes.indices.reversed() where isNeeded[id] {
      let node = source.nodes[id]
      if case .modal = node.operation.lowering {
        isNeeded[node.inputs[isTraining ? 0 : 1].id] = true
      } else {
        for input in node.inputs { isNeeded[input.id] = true }
      }
    }
    return isNeeded.indices.filter { isNeeded[$0] }
  }
}
