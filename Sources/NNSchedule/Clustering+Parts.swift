import NNGraph

/// Values that are put together from parts, and copies.
extension Clustering {
  mutating func placeParts(_ value: Value, _ node: Node, _ placements: [Placement]) {
    let whole = nests[value]?.view ?? TensorView(.node(value), node.type)
    homes[value.id] = .view(whole)
    var mayPrecede = fusion == .everything
    if !isCovered(node) {
      if mayPrecede, node.inputs.count == 1, placements[0].isPlain(graph.type(node.inputs[0]).shape.dimensions) {
        fillFrame(of: value, node, around: placements[0])
      } else {
        appendCopy(.constant(0), type: node.type, to: whole, of: value)
        mayPrecede = false
      }
    }
    for (input, placement) in zip(node.inputs, placements) {
      let type = ValueType(graph.type(input).shape, isBatched: node.type.isBatched)
      let part = whole.part(placement)
      if isThere(input, part) { continue }
      if !mayPrecede || !storesDirectly(input, as: type, in: part) {
        appendCopy(copyInput(input, as: type), type: type, to: part, of: value)
      }
    }
  }

  /// Whoever reads what is put together has to wait for the step at which a part of it is written.
  private mutating func note(_ part: TensorView, writtenAt position: Int) {
    guard case .node(let outer) = part.origin else { return }
    materialised[outer] = max(materialised[outer] ?? 0, position)
  }

  /// Whether parts leave nothing of a value to zeros.
  private func isCovered(_ node: Node) -> Bool { node.inputs.reduce(0) { $0 + graph.type($1).shape.count } >= node.type.shape.count }

  // MARK: Parts of parts

  /// Finds values that are put together from parts and are parts themselves, or some of the parts of another value: they never lie anywhere else.
  ///
  /// - Parameter values: all that will be placed.
  mutating func findNests(among values: [Value], roots: [Value]) {
    guard fusion == .everything else { return }
    let assembled = values.filter { value in
      if case .place = graph[value].operation.lowering { isCovered(graph[value]) } else { false }
    }
    var free = Set(assembled).subtracting(roots)
    // Whatever has more parts may have those of another one among them.
    for outer in assembled.sorted(by: { (graph[$0].inputs.count, $0) > (graph[$1].inputs.count, $1) }) where nests[outer] == nil {
      if free.contains(outer), let nest = nest(among: outer) {
        nests[outer] = nest
        continue
      }
      for (inner, part) in parts(of: outer) where free.contains(inner) && nests[inner] == nil && isOneRun(part, inner) {
        nests[inner] = part.map { Nest(outer: outer, view: $0) }
        free.remove(outer)
      }
    }
  }

  /// Whether a value lies in one run for each example, and stays one axis to those who walk it.
  private func isOneRun(_ view: TensorView?, _ value: Value) -> Bool {
    let type = graph.type(value)
    let axes = type.shape.dimensions.indices.filter { type.shape[$0] != 1 }
    guard let view, axes.count <= 1 else { return false }
    return axes.allSatisfy { view.strides[$0] == 1 } && (view.batch != 0) == type.isBatched
  }

  /// What a value is put together from, and where that lies in it, under its own shape.
  private func parts(of outer: Value) -> [(inner: Value, view: TensorView?)] {
    guard case .place(let placements) = graph[outer].operation.lowering else { return [] }
    let whole = TensorView(.node(outer), graph.type(outer))
    return zip(graph[outer].inputs, placements).map { input, placement in
      let inner = unshaped(input)
      return (inner, whole.part(placement).reshaped(from: graph.type(input).shape, to: graph.type(inner).shape))
    }
  }

  /// Where all parts of a value lie in another one, as they would in it.
  private func nest(among value: Value) -> Nest? {
    let (own, type) = (parts(of: value), graph.type(value))
    guard let first = own.first, let start = first.view, let known = nests[first.inner] else { return nil }
    let whole = graph.type(known.outer)
    guard whole.isBatched == type.isBatched, whole.shape.rank == type.shape.rank,
      zip(zip(whole.shape.strides, type.shape.strides), type.shape.dimensions).allSatisfy({ $0.0 == $0.1 || $1 == 1 })
    else { return nil }
    var view = TensorView(.node(known.outer), whole)
    let shift = known.view.offset - start.offset
    view.offset = shift
    for (inner, part) in own {
      guard let part, let nest = nests[inner], nest.outer == known.outer, nest.view.strides == part.strides,
        nest.view.offset - part.offset == shift
      else { return nil }
    }
    return Nest(outer: known.outer, view: view)
  }

  private func unshaped(_ value: Value) -> Value {
    var value = value
    while case .reshape = graph[value].operation.lowering { value = graph[value].inputs[0] }
    return value
  }

  /// Whether a value was written to its place in a larger one when it was put together.
  private func isThere(_ value: Value, _ part: TensorView) -> Bool {
    let inner = unshaped(value)
    guard let nest = nests[inner] else { return false }
    return part.reshaped(from: graph.type(value).shape, to: graph.type(inner).shape) == nest.view
  }

  /// Zeros around the only part of a value: for each axis what lies before and after it, without the corners that an earlier axis has. What is after a line
  /// and before the next one is one run.
  private mutating func fillFrame(of value: Value, _ node: Node, around placement: Placement) {
    let inner = graph.type(node.inputs[0]).shape
    let whole = TensorView(.node(value), node.type)
    var (starts, sizes) = (placement.starts.map { _ in 0 }, node.type.shape.dimensions)
    let lined = Self.linedAxes(placement, inner: inner, outer: node.type.shape)
    for axis in starts.indices.dropLast(lined == nil ? 0 : 2) {
      let end = placement.starts[axis] + inner[axis]
      for range in [0..<placement.starts[axis], end..<node.type.shape[axis]] where !range.isEmpty {
        starts[axis] = range.lowerBound
        sizes[axis] = range.count
        fill(sizes, of: value, at: whole.part(Placement(starts: starts)), isBatched: node.type.isBatched)
      }
      starts[axis] = placement.starts[axis]
      sizes[axis] = inner[axis]
    }
    guard let lined else { return }
    let line = node.type.shape[lined + 1]
    let (above, before) = (placement.starts[lined] * line, placement.starts[lined + 1])
    let end = before + inner[lined + 1]
    let below = (node.type.shape[lined] - placement.starts[lined] - inner[lined]) * line
    for (offset, runs, count) in [
      (0, 1, above + before), (above + end, inner[lined] - 1, line - inner[lined + 1]),
      (above + (inner[lined] - 1) * line + end, 1, line - end + below),
    ] where runs > 0 {
      var view = whole.part(Placement(starts: starts))
      view.offset += offset
      view.strides = view.strides.dropLast(2) + [line, 1]
      fill(sizes.dropLast(2) + [runs, count], of: value, at: view, isBatched: node.type.isBatched)
    }
  }

  /// The axis of lines, if these have zeros before and after them.
  private static func linedAxes(_ placement: Placement, inner: Shape, outer: Shape) -> Int? {
    let last = outer.rank - 1
    guard last > 0, let before = placement.starts.last, before > 0, before + inner[last] < outer[last] else { return nil }
    return last - 1
  }

  private mutating func fill(_ sizes: [Int], of value: Value, at view: TensorView, isBatched: Bool) {
    appendCopy(.constant(0), type: ValueType(Shape(sizes), isBatched: isBatched), to: view, of: value)
  }

  /// Has the kernel that computes `source` write it to where a part of a larger value lies; its other readers read it there.
  private mutating func storesDirectly(_ source: Value, as type: ValueType, in part: TensorView) -> Bool {
    settle(source)
    guard case .cluster(let position, isSink: false)? = homes[source.id], case .cluster(let cluster) = works[position],
      graph.type(source) == type, cluster.isNatural, cluster.dims == type.dims, cluster.levels[root(source)] == .full
    else { return false }
    let strides = part.strides(along: type, from: type.shape)
    guard isWalkable(strides, at: position) else { return false }
    let value = root(source)
    note(part, writtenAt: position)
    withCluster(position) { $0.parts.append(Cluster.Part(value: value, view: part, strides: strides)) }
    if shown[value] == nil { shown[value] = part.reshaped(from: type.shape, to: self.type(of: value).shape) }
    return true
  }

  private mutating func appendCopy(_ input: Cluster.Input, type: ValueType, to target: TensorView, of value: Value) {
    works.append(.cluster(Cluster(dims: type.dims, isNatural: false)))
    let position = works.count - 1
    let copy = makeValue(for: value)
    add(Cluster.Item(value: copy, level: .full, kind: .compute(.input(0)), inputs: [input]), to: position)
    let part = Cluster.Part(value: copy, view: target, strides: target.strides(along: type, from: type.shape))
    note(target, writtenAt: position)
    withCluster(position) { $0.parts.append(part) }
  }

  private mutating func copyInput(_ source: Value, as type: ValueType) -> Cluster.Input {
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
