import NNGraph

/// Products start kernels.
extension Clustering {
  mutating func placeContraction(_ value: Value, _ node: Node, _ labels: Contraction) {
    let views = node.inputs.map { view(of: $0) }
    let types = node.inputs.map { graph.type($0) }
    let planner = ProductPlanner(labels: labels, types: types, views: views, result: node.type)
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
}
