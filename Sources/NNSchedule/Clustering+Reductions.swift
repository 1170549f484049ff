import NNGraph

/// Reductions end a row, or run over the rows of a kernel.
extension Clustering {
  mutating func placeReduction(_ value: Value, _ node: Node, _ kind: ReductionKind, _ axes: [Int], _ batch: Bool) {
    settle(traced(node.inputs[0]).base)
    if fusion == .everything, let local = localView(of: node.inputs[0]),
      joinReduction(value, node, kind, axes, batch, local.origin, local.position, local.view)
    {
      return
    }
    let input = node.inputs[0]
    let type = graph.type(input)
    var view = self.view(of: input)
    var order = reductionOrder(type, axes, batch, kind)
    let strides = view.strides(along: type, from: type.shape)
    if collapsedStride(order.map { strides[$0] }, order.map { type.dims[$0] }, in: columns(order, type, axes, batch, kind)) == nil {
      view = TensorView(.node(copied(input)), type)
      order = reductionOrder(type, axes, batch, kind)
    }
    let own = view.strides(along: type, from: type.shape)
    let dims = order.map { type.dims[$0] }
    let range = columns(order, type, axes, batch, kind)
    guard collapsedStride(order.map { own[$0] }, dims, in: range) != nil else {
      return placeTransposedReduction(value, node, kind, axes, batch, order)
    }
    startReduction(
      value, node, kind, input: .view(view, strides: order.map { own[$0] }), dims: dims, split: range.lowerBound,
      isColumn: isColumnKind(type, axes, batch, kind))
  }

  /// Whether the rows are summed and the columns stay, rather than the other way round.
  func isColumnKind(_ type: ValueType, _ axes: [Int], _ batch: Bool, _ kind: ReductionKind) -> Bool {
    if kind == .argmax { return false }
    if batch && type.isBatched { return true }
    let kept = type.shape.dimensions.indices.filter { type.shape[$0] != 1 && !axes.contains($0) }
    guard !type.isBatched, let firstKept = kept.first, let lastAxis = axes.filter({ type.shape[$0] != 1 }).last else { return false }
    return lastAxis < firstKept
  }

  /// The dims of the input (as indices into its dims) with those that are reduced last, or first where rows are summed.
  func reductionOrder(_ type: ValueType, _ axes: [Int], _ batch: Bool, _ kind: ReductionKind) -> [Int] {
    let reduced = reducedDims(type, axes, batch)
    let kept = type.dims.indices.filter { !reduced.contains($0) }
    return isColumnKind(type, axes, batch, kind) ? reduced + kept : kept + reduced
  }

  func reducedDims(_ type: ValueType, _ axes: [Int], _ batch: Bool) -> [Int] {
    var index = type.isBatched ? 1 : 0
    var reduced: [Int] = batch && type.isBatched ? [0] : []
    for axis in type.shape.dimensions.indices where type.shape[axis] != 1 {
      if axes.contains(axis) { reduced.append(index) }
      index += 1
    }
    return reduced
  }

  func columns(_ order: [Int], _ type: ValueType, _ axes: [Int], _ batch: Bool, _ kind: ReductionKind) -> Range<Int> {
    let reduced = reducedDims(type, axes, batch).count
    return isColumnKind(type, axes, batch, kind) ? reduced..<order.count : (order.count - reduced)..<order.count
  }

  /// The reduced axes are apart in memory: a copy brings them together.
  mutating func placeTransposedReduction(
    _ value: Value, _ node: Node, _ kind: ReductionKind, _ axes: [Int], _ batch: Bool, _ order: [Int]
  ) {
    let input = node.inputs[0]
    let type = graph.type(input)
    let view = self.view(of: input)
    let dims = order.map { type.dims[$0] }
    let strides = view.strides(along: type, from: type.shape)
    works.append(.cluster(Cluster(dims: dims, isNatural: false)))
    let position = works.count - 1
    let copy = makeValue(for: input)
    add(
      Cluster.Item(value: copy, level: .full, kind: .compute(.input(0)), inputs: [.view(view, strides: order.map { strides[$0] })]),
      to: position)
    materialised[copy] = position
    let range = columns(order, type, axes, batch, kind)
    let source = TensorView(.node(copy), type)
    startReduction(
      value, node, kind, input: .view(source, strides: naturalStrides(dims)), dims: dims, split: range.lowerBound,
      isColumn: isColumnKind(type, axes, batch, kind))
  }

  mutating func startReduction(
    _ value: Value, _ node: Node, _ kind: ReductionKind, input: Cluster.Input, dims: Dims, split: Int, isColumn: Bool
  ) {
    // Full statements may join only where the loops are in the natural order of the input.
    var cluster = Cluster(dims: dims, isNatural: dims == graph.type(node.inputs[0]).dims)
    cluster.split = split
    cluster.runs = [split..<dims.count]
    works.append(.cluster(cluster))
    if isColumn {
      addSink(value, node, kind, input, .full, to: works.count - 1)
    } else {
      addRowReduction(value, node, kind, input, to: works.count - 1)
    }
  }

  /// Fuses a reduction into the kernel that computes what it reduces.
  mutating func joinReduction(
    _ value: Value, _ node: Node, _ kind: ReductionKind, _ axes: [Int], _ batch: Bool, _ origin: Value, _ position: Int, _ view: TensorView
  ) -> Bool {
    guard case .cluster(let cluster) = works[position], let level = cluster.levels[origin], cluster.isNatural || level == .row else {
      return false
    }
    let type = graph.type(node.inputs[0])
    guard type.dims == graph.type(origin).dims, view.strides(along: type, from: type.shape) == naturalStrides(type.dims) else {
      return false
    }
    let reduced = reducedDims(type, axes, batch)
    let count = type.dims.count
    let isColumn = isColumnKind(type, axes, batch, kind)
    if level == .row {
      guard reduced.count == count, isColumn || !type.isBatched, kind != .argmax else { return false }
      addSink(value, node, kind, .local(origin), .row, to: position)
      return true
    }
    let expected = isColumn ? Array(0..<reduced.count) : Array((count - reduced.count)..<count)
    guard reduced == expected else { return false }
    let split = isColumn ? reduced.count : count - reduced.count
    guard isColumn || !cluster.hasLargeWeights, setSplit(split, at: position) else { return false }
    if isColumn {
      addSink(value, node, kind, .local(origin), .full, to: position)
    } else {
      addRowReduction(value, node, kind, .local(origin), to: position)
    }
    return true
  }

  /// Fixes where rows end and columns begin, if all that is in the cluster allows it.
  mutating func setSplit(_ split: Int, at position: Int) -> Bool {
    guard case .cluster(let cluster) = works[position] else { return false }
    if let own = cluster.split { return own == split }
    let run = split..<cluster.dims.count
    for item in cluster.items {
      for case .view(_, let strides) in item.inputs where collapsedStride(strides, cluster.dims, in: run) == nil { return false }
      for case .index(_, let strides) in item.inputs where collapsedStride(strides, cluster.dims, in: run) == nil { return false }
    }
    if cluster.parts.contains(where: { collapsedStride($0.strides, cluster.dims, in: run) == nil }) { return false }
    withCluster(position) {
      $0.split = split
      $0.runs.append(run)
    }
    return true
  }

  mutating func addRowReduction(_ value: Value, _ node: Node, _ kind: ReductionKind, _ input: Cluster.Input, to position: Int) {
    guard node.type.isSingle else {
      add(Cluster.Item(value: value, level: .row, kind: .reduce(kind), inputs: [input]), to: position)
      return
    }
    // One row: its result is a number for the whole call.
    let row = makeValue(for: value)
    add(Cluster.Item(value: row, level: .row, kind: .reduce(kind), inputs: [input]), to: position)
    addSink(value, node, kind == .argmax ? .sum : kind, .local(row), .row, to: position)
  }

  mutating func addSink(
    _ value: Value, _ node: Node, _ kind: ReductionKind, _ input: Cluster.Input, _ level: Level, to position: Int
  ) {
    let id = node.type.isSingle ? makeScalar() : nil
    let target = id.map { Cluster.Reduction.Target.scalar($0) } ?? .memory
    withCluster(position) {
      $0.reductions.append(Cluster.Reduction(value: value, kind: kind, input: input, level: level, target: target))
    }
    if let id {
      homes[value.id] = .scalar(id, after: position)
    } else {
      homes[value.id] = .cluster(position, isSink: true)
      materialised[value] = position
    }
  }

  mutating func makeValue(for value: Value) -> Value {
    extraTypes.append(type(of: value))
    extraNames.append(name(of: value))
    homes.append(nil)
    return Value(graph.count + extraTypes.count - 1)
  }

  func type(of value: Value) -> ValueType { value.id < graph.count ? graph.type(value) : extraTypes[value.id - graph.count] }

  func name(of value: Value) -> String? { value.id < graph.count ? graph[value].name : extraNames[value.id - graph.count] }
}
