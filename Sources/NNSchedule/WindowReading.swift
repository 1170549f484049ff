import NNGraph
import NNOperations

/// How products read windows of a graph's values, which decides how these had better lie in memory.
struct WindowReading {
  enum Order {
    case channelsFirst, channelsLast
  }

  /// Of products whose pixels fill vectors, the operand that is windows.
  private(set) var pixelProducts: [Value: Int] = [:]
  /// Of windows that products and pools read, and of the padding around what they slide over.
  private(set) var orders: [Value: Order] = [:]

  init(_ graph: Graph) {
    for (id, node) in graph.nodes.enumerated() {
      if case .reduction(let kind, _, _) = node.operation.lowering, kind != .argmax { notePool(node.inputs[0], graph) }
      guard case .contraction(let labels) = node.operation.lowering else { continue }
      let windows = node.inputs.map { graph[$0].operation as? Windows }
      let pixels = PixelLanes(labels, node.inputs.map { graph.type($0) }, windows: windows)
      if let pixels { pixelProducts[Value(id)] = pixels.side }
      for (input, own) in zip(node.inputs, windows) where own != nil { note(input, pixels == nil ? .channelsLast : .channelsFirst, graph) }
    }
  }

  /// Windows that overlap are no rows in memory. Small ones are reduced element by element, for many channels at once where there are as many.
  private mutating func notePool(_ value: Value, _ graph: Graph) {
    guard let windows = (graph[value].operation as? Windows)?.windows, !windows.allSatisfy(\.isTile),
      windows.reduce(1, { $0 * $1.size }) <= Arrange.mostUnrolled(of: graph[value].operation)
    else { return }
    let channels = graph.type(value).shape.dimensions.dropLast(2 * windows.count).reduce(1, *)
    if channels >= Lanes.count { note(value, .channelsLast, graph) }
  }

  private mutating func note(_ value: Value, _ order: Order, _ graph: Graph) {
    // Where both are wanted, a product of pixels has a copy of its own.
    if orders[value] != .channelsLast { orders[value] = order }
    let node = graph[value]
    switch node.operation {
    case is Windows: note(node.inputs[0], order, graph)
    // The part of a padded picture that some taps see.
    case is Slice where order == .channelsFirst || graph[node.inputs[0]].operation is Place: note(node.inputs[0], order, graph)
    default: break
    }
  }
}
