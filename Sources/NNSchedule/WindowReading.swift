import NNGraph
import NNOperations

/// How products read windows of a graph's values, which decides how these had better lie in memory.
struct WindowReading {
  enum Order {
    case channelsFirst, channelsLast
  }

  /// Of products whose pixels fill vectors, the operand that is windows.
  private(set) var pixelProducts: [Value: Int] = [:]
  /// Of windows that products read, and of the padding around what they slide over.
  private(set) var orders: [Value: Order] = [:]

  init(_ graph: Graph) {
    for (id, node) in graph.nodes.enumerated() {
      guard case .contraction(let labels) = node.operation.lowering else { continue }
      let windows = node.inputs.map { graph[$0].operation as? Windows }
      let pixels = PixelLanes(labels, node.inputs.map { graph.type($0) }, windows: windows)
      if let pixels { pixelProducts[Value(id)] = pixels.side }
      for (input, own) in zip(node.inputs, windows) where own != nil { note(input, pixels == nil ? .channelsLast : .channelsFirst, graph) }
    }
  }

  private mutating func note(_ value: Value, _ order: Order, _ graph: Graph) {
    // Where both are wanted, a product of pixels has a copy of its own.
    if orders[value] != .channelsLast { orders[value] = order }
    let node = graph[value]
    switch node.operation {
    case is Windows: note(node.inputs[0], order, graph)
    case is Slice where order == .channelsFirst: note(node.inputs[0], order, graph)
    default: break
    }
  }
}
