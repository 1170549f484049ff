import NNGraph

/// Products start kernels.
extension Clustering {
  mutating func placeContraction(_ value: Value, _ node: Node, _ labels: Contraction) {
    let views = node.inputs.map { view(of: $0) }
    let types = node.inputs.map { graph.type($0) }
    let planner = ProductPlanner(
      labels: labels, types: types, views: views, filledLines: node.inputs.map(filledLines), result: node.type)
    let planned = planner.plan(value)
    var cluster = Cluster(dims: planned.dims, isNatural: planned.isNatural)
    cluster.split = planned.split
    cluster.runs = planned.runs
    cluster.product = planned.product
    cluster.levels[value] = .full
    works.append(.cluster(cluster))
    homes[value.id] = .cluster(works.count - 1, isSink: false)
    // In another order than the natural one the result can only be stored.
    if !planned.isNatural { _ = view(of: value) }
  }

  /// Of windows over padded pictures, the lines that are not padding, from the first one that they see.
  private func filledLines(_ windows: Value) -> Range<Int>? {
    guard let own = graph[windows].operation as? Windows, own.windows.count == 2,
      own.windows[0].stride == 1, own.windows[0].dilation == 1
    else { return nil }
    var source = graph[windows].inputs[0]
    let axis = graph.type(source).shape.rank - 2
    var first = 0
    while let slice = graph[source].operation as? Slice {
      guard slice.placement.steps[axis] == 1 else { return nil }
      first += slice.placement.starts[axis]
      source = graph[source].inputs[0]
    }
    guard let place = graph[source].operation as? Place, place.placements.count == 1, let own = place.placements.first, own.steps[axis] == 1
    else { return nil }
    let start = own.starts[axis] - first
    return start..<(start + graph.type(graph[source].inputs[0]).shape[axis])
  }
}
