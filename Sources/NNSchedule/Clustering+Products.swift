import NNGraph

/// Products start kernels; parts of larger values are copied into place.
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
  mutating func placeParts(_ value: Value, _ node: Node, _ placements: [Placement]) {
    let covered = node.inputs.reduce(0) { $0 + graph.type($1).shape.count }
    homes[value.id] = .view(TensorView(.node(value), node.type))
    if covered < node.type.shape.count {
      appendCopy(.constant(0), type: node.type, to: TensorView(.node(value), node.type), of: value)
    }
    for (input, placement) in zip(node.inputs, placements) {
      var target = TensorView(.node(value), node.type)
      target.offset = zip(placement.starts, target.strides).reduce(0) { $0 + $1.0 * $1.1 }
      target.strides = zip(target.strides, placement.steps).map { $0 * $1 }
      let type = ValueType(graph.type(input).shape, isBatched: node.type.isBatched)
      appendCopy(nil, from: input, type: type, to: target, of: value)
    }
    materialised[value] = works.count - 1
  }

  mutating func appendCopy(
    _ constant: Cluster.Input?, from source: Value? = nil, type: ValueType, to target: TensorView, of value: Value
  ) {
    let input = constant ?? source.map { copyInput($0, as: type) } ?? .constant(0)
    works.append(.cluster(Cluster(dims: type.dims, isNatural: false)))
    let position = works.count - 1
    let copy = makeValue(for: value)
    add(Cluster.Item(value: copy, level: .full, kind: .compute(.input(0)), inputs: [input]), to: position)
    partStores.append(PartStore(position: position, value: copy, view: target, strides: target.strides(along: type, from: type.shape)))
  }

  mutating func copyInput(_ source: Value, as type: ValueType) -> Cluster.Input {
    switch homes[source.id] {
    case .constant(let number)?: return .constant(number)
    case .scalar(let id, _)?: return .scalar(id)
    default:
      let view = self.view(of: source)
      return .view(view, strides: view.strides(along: type, from: self.type(of: source).shape))
    }
  }

  /// A contiguous copy of a value in the workspace, as a value of its own.
  mutating func copied(_ value: Value) -> Value {
    let copy = appendStoreCopy(of: value)
    materialised[copy.value] = copy.position
    return copy.value
  }

  /// A kernel that only reads a value in its natural order.
  mutating func appendStoreCopy(of value: Value) -> (position: Int, value: Value) {
    let type = type(of: value)
    let input = copyInput(value, as: type)
    works.append(.cluster(Cluster(dims: type.dims, isNatural: false)))
    let position = works.count - 1
    let copy = makeValue(for: value)
    add(Cluster.Item(value: copy, level: .full, kind: .compute(.input(0)), inputs: [input]), to: position)
    return (position, copy)
  }
}
