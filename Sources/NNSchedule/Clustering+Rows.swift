import NNGraph

/// Rows of tables by class number, and their transpose.
extension Clustering {
  /// A kernel over the positions, whose columns are those of the table. What reads the rows may join it.
  mutating func placeGather(_ value: Value, _ node: Node) {
    let shape = graph.type(node.inputs[0]).shape
    let row = ValueType(Shape(Array(shape.dimensions.dropFirst())), isBatched: false)
    var table = view(of: node.inputs[0])
    if collapsedStride(Self.columnStrides(table, row), row.dims, in: row.dims.indices) == nil {
      table = TensorView(.node(copied(node.inputs[0])), graph.type(node.inputs[0]))
    }
    let classes = classes(node.inputs[1])
    let (positions, columns) = (classes.strides.count, row.dims.count)
    var cluster = Cluster(dims: node.type.dims, isNatural: true)
    cluster.split = positions
    cluster.runs = [positions..<cluster.dims.count]
    works.append(.cluster(cluster))
    let result = node.type.isSingle ? makeValue(for: value) : value
    let item = Cluster.Item(
      value: result, level: .full, kind: .gather(stride: table.strides[0], count: shape[0]),
      inputs: [
        .view(table, strides: [Int](repeating: 0, count: positions) + Self.columnStrides(table, row)),
        .index(classes.view, strides: classes.strides + [Int](repeating: 0, count: columns)),
      ])
    add(item, to: works.count - 1)
    readBack(result, as: value)
  }

  /// A kernel that only adds up rows.
  mutating func placeScatter(_ value: Value, _ node: Node, count: Int) {
    let type = graph.type(node.inputs[0])
    let positions = graph.type(node.inputs[1]).dims.count
    let columns = positions..<type.dims.count
    var rows = view(of: node.inputs[0])
    if collapsedStride(rows.strides(along: type, from: type.shape), type.dims, in: columns) == nil {
      rows = TensorView(.node(copied(node.inputs[0])), type)
    }
    let classes = classes(node.inputs[1])
    let result = node.type.isSingle ? makeValue(for: value) : value
    var cluster = Cluster(dims: type.dims, isNatural: false)
    cluster.split = positions
    cluster.runs = [columns]
    let reduction = Cluster.Reduction(
      value: result, kind: .sum, input: .view(rows, strides: rows.strides(along: type, from: type.shape)), level: .full,
      target: .rows(classes.view, strides: classes.strides, count: count))
    cluster.reductions.append(reduction)
    works.append(.cluster(cluster))
    homes[result.id] = .cluster(works.count - 1, isSink: true)
    materialised[result] = works.count - 1
    readBack(result, as: value)
  }

  /// A single number is a C local, although a kernel writes it to memory.
  private mutating func readBack(_ result: Value, as value: Value) {
    guard result != value else { return }
    materialised[result] = works.count - 1
    let id = makeScalar()
    works.append(.loadScalar(id, from: TensorView(.node(result), graph.type(value)), of: value))
    homes[value.id] = .scalar(id, after: works.count - 1)
  }

  private mutating func classes(_ value: Value) -> (view: TensorView, strides: [Int]) {
    let (view, type) = (view(of: value), graph.type(value))
    return (view, view.strides(along: type, from: type.shape))
  }

  private static func columnStrides(_ table: TensorView, _ row: ValueType) -> [Int] {
    row.shape.dimensions.indices.filter { row.shape[$0] != 1 }.map { table.strides[$0 + 1] }
  }
}
