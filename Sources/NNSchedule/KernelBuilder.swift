import NNGraph
import NNSource

/// Turns clusters into kernels: loops as few as the strides allow, and accesses along them.
struct KernelBuilder {
  let clustering: Clustering
  let slots: [Value: Int]
  let batch: Int
  /// Whether calls for one example are to be fast.
  private let isForOne: Bool
  /// Writes of a cluster's values, by position.
  private let writes: [Int: [Write]]
  private var names: [String: Int] = [:]

  /// A value written to memory; strides along the cluster's dims (its rows' for row values).
  struct Write {
    var value: Value
    var buffer: Buffer
    var offset: Int
    var strides: [Int]?
  }

  init(_ clustering: Clustering, slots: [Value: Int], writes: [Int: [Write]], batch: Int, isForOne: Bool) {
    self.clustering = clustering
    self.slots = slots
    self.writes = writes
    self.batch = batch
    self.isForOne = isForOne
  }

  mutating func kernel(_ cluster: Cluster, at position: Int) -> Kernel {
    let writes = self.writes[position] ?? []
    let loops = Loops(cluster, extraStrides: writes.compactMap(\.strides))
    var kernel = Kernel(name: uniqueName(cluster, writes), outer: loops.outer, rows: loops.rows, columns: loops.columns)
    kernel.ranges = ranges(cluster)
    kernel.product = cluster.product.map { productStep($0, loops) }
    let ids = localIDs(cluster)
    kernel.statements = cluster.items.map { item in
      Statement(
        id: ids[item.value] ?? 0, name: clustering.name(of: item.value), range: range(of: item.value), level: loops.level(item.level),
        kind: item.kind, operands: item.inputs.map { operand($0, ids, loops) }, shape: clustering.type(of: item.value).shape)
    }
    kernel.needsWholeRows = needsWholeRows(cluster)
    kernel.sinks = cluster.reductions.flatMap { sinks($0, ids, loops, writes) }
    kernel.stores = writes.compactMap { write in
      guard let id = ids[write.value], let level = cluster.levels[write.value] else { return nil }
      let strides = write.strides ?? storeStrides(write.value, cluster, level)
      return StoreStep(operand: .local(id), level: loops.level(level), target: loops.access(write.buffer, offset: write.offset, strides))
    }
    kernel.dropUnread()
    if let winograd = Winograd(kernel, isForOne: isForOne) { kernel.product?.method = .winograd(winograd) }
    return kernel
  }

  /// Reads one number from memory into a C local.
  func load(_ id: Int, _ view: TensorView, of value: Value) -> ScalarStatement {
    ScalarStatement(
      id: id, name: clustering.name(of: value), range: range(of: value), expression: .input(0),
      operands: [.memory(Access(buffer(view), offset: view.offset))])
  }

  private func localIDs(_ cluster: Cluster) -> [Value: Int] {
    var ids: [Value: Int] = [:]
    if let product = cluster.product { ids[product.value] = 0 }
    for item in cluster.items { ids[item.value] = ids.count }
    return ids
  }

  private func storeStrides(_ value: Value, _ cluster: Cluster, _ level: Level) -> [Int] {
    if let product = cluster.product, product.value == value { return product.resultStrides }
    return naturalStrides(level == .full ? cluster.dims : cluster.rowDims ?? [])
  }

  private func operand(_ input: Cluster.Input, _ ids: [Value: Int], _ loops: Loops) -> Operand {
    switch input {
    case .local(let value): .local(ids[value] ?? 0)
    case .view(let view, let strides): .memory(loops.access(buffer(view), offset: view.offset, strides))
    case .index(let view, let strides): .index(loops.access(buffer(view), offset: view.offset, strides))
    case .scalar(let id): .scalar(id)
    case .constant(let number): .constant(number)
    }
  }

  private func buffer(_ view: TensorView) -> Buffer {
    switch view.origin {
    case .argument(let argument): .argument(argument)
    case .literal(let index): .literal(index)
    case .node(let value): .workspace(slots[value] ?? 0)
    }
  }

  /// One for each place that the sum goes to: equal sums are one value, such as the gradients of two biases of the same sum.
  private func sinks(_ reduction: Cluster.Reduction, _ ids: [Value: Int], _ loops: Loops, _ writes: [Write]) -> [Sink] {
    let written = writes.filter { $0.value == reduction.value }.map { (buffer: $0.buffer, offset: $0.offset) }
    let places = (written.isEmpty ? [(buffer: .workspace(slots[reduction.value] ?? 0), offset: 0)] : written).map { place in
      Access(place.buffer, offset: place.offset, outer: loops.outer.map { _ in 0 }, column: loops.columns == 1 ? 0 : 1)
    }
    let targets: [Sink.Target]
    switch reduction.target {
    case .scalar(let id): targets = [.scalar(id)]
    case .memory: targets = places.map { .memory($0) }
    case .rows(let view, let strides, let count):
      let classes = loops.access(buffer(view), offset: view.offset, strides)
      targets = places.map { place in
        var rows = place
        rows.row = loops.columns
        return .rows(rows, of: classes, count: count)
      }
    }
    return targets.map { target in
      Sink(
        kind: reduction.kind, operand: operand(reduction.input, ids, loops), level: loops.level(reduction.level), target: target,
        name: clustering.name(of: reduction.value))
    }
  }

  private func productStep(_ product: ProductPlan, _ loops: Loops) -> ProductStep {
    let inner = product.sums.last ?? .once
    var a = loops.access(buffer(product.a), offset: product.a.offset, product.aStrides)
    var b = loops.access(buffer(product.b), offset: product.b.offset, product.bStrides)
    a.column = inner.a
    b.row = inner.b
    return ProductStep(
      a: a, b: b, k: inner.extent, segments: Array(product.sums.dropLast()), method: method(product, loops, a, b, inner.extent))
  }

  private func method(_ product: ProductPlan, _ loops: Loops, _ a: Access, _ b: Access, _ k: Extent) -> ProductStep.Method {
    if let lines = product.lines { return .lines(lines) }
    let isPlain = product.sums.count <= 1
    let isContiguous = a.column == 1 && b.row == 1
    if isContiguous && (isPlain ? loops.rows.at(batch: batch) <= ProductStep.mostRowsOfDots : isOfTaps(product, loops)) { return .dots }
    let packs = loops.columns > 1 && (b.column != 1 || isPlain && isCrowded(b, k, loops.rows))
    return packs ? .packedTiles : .tiles
  }

  /// Whether sums are over the lines of pixels of all pictures, and these fill more of a vector than columns do.
  private func isOfTaps(_ product: ProductPlan, _ loops: Loops) -> Bool {
    guard product.sums.count <= ProductStep.mostSumsOfDots, let k = product.sums.last?.extent, !k.perExample,
      product.sums[0].extent.perExample, loops.columns > 1
    else { return false }
    return Lanes.filling(k.count) > Lanes.leastGain * Lanes.filling(loops.columns)
  }

  /// Whether B lies as it is read, but so that many of its rows share few places in the caches: a multiple of a page apart.
  private func isCrowded(_ b: Access, _ k: Extent, _ rows: Extent) -> Bool {
    b.row > 0 && b.row % Self.pageElements == 0 && k.at(batch: batch) >= Self.manyRows && rows.at(batch: batch) >= Self.manyRows
  }

  /// Of 4 KiB, in single precision.
  private static let pageElements = 1024
  private static let manyRows = 96

  /// Whether something at full level comes after, and depends on, a reduction over the row.
  private func needsWholeRows(_ cluster: Cluster) -> Bool {
    let hasRows = cluster.items.contains { $0.level == .row } || cluster.levels.contains { $0.value == .row }
    guard hasRows else { return false }
    var rowValues: Set<Value> = []
    for item in cluster.items {
      if item.level == .row { rowValues.insert(item.value) }
      let readsRow = item.inputs.contains { input in
        if case .local(let value) = input { rowValues.contains(value) } else { false }
      }
      if item.level == .full && readsRow { return true }
      if case .reduce(.argmax) = item.kind { return true }
    }
    return false
  }

  // MARK: Names

  private func range(of value: Value) -> SourceRange? {
    value.id < clustering.graph.count ? clustering.graph[value].range : nil
  }

  private func ranges(_ cluster: Cluster) -> [SourceRange] {
    var seen: Set<SourceRange> = []
    let values = (cluster.product.map { [$0.value] } ?? []) + cluster.items.map(\.value) + cluster.reductions.map(\.value)
    return values.compactMap { range(of: $0) }.filter { seen.insert($0).inserted }
  }

  private mutating func uniqueName(_ cluster: Cluster, _ writes: [Write]) -> String {
    let written = writes.compactMap { clustering.name(of: $0.value) }
    let computed = (cluster.product.map { [$0.value] } ?? []) + cluster.items.map(\.value) + cluster.reductions.map(\.value)
    let named = computed.last { clustering.name(of: $0) != nil }.flatMap { clustering.name(of: $0) }
    let base = written.last ?? named ?? (cluster.product == nil ? "map" : "product")
    let count = (names[base] ?? 0) + 1
    names[base] = count
    return count == 1 ? base : "\(base)_\(count)"
  }
}

/// The loops of a kernel, and how its dims fall into them.
struct Loops {
  private(set) var outer: [Extent] = []
  private(set) var rows = Extent(1)
  private(set) var columns = 1
  /// Which dims each loop covers, outermost first; the last two entries are rows and columns.
  private var ranges: [Range<Int>] = []

  init(_ cluster: Cluster, extraStrides: [[Int]]) {
    let dims = cluster.dims
    let strides = cluster.views.map(\.strides).filter { !$0.isEmpty } + extraStrides
    let split = cluster.split
    let rowEnd = split ?? dims.count
    var groups: [Range<Int>]
    if let product = cluster.product {
      groups = (0..<product.outerCount).map { $0..<($0 + 1) } + [product.outerCount..<rowEnd]
    } else {
      groups = Self.collapsed(0..<rowEnd, dims, strides)
    }
    var columnRange = rowEnd..<dims.count
    if split == nil, let last = groups.last, groups.count > 1 || !dims[last.lowerBound].perExample {
      columnRange = last
      groups.removeLast()
      // One run of everything: the examples are the rows.
    } else if split == nil, let last = groups.last, last.count > 1 {
      groups = [last.lowerBound..<(last.lowerBound + 1)]
      columnRange = (last.lowerBound + 1)..<last.upperBound
    }
    var rowRange = groups.popLast() ?? columnRange.lowerBound..<columnRange.lowerBound
    if cluster.takesAnyOrder {
      Self.reorder(&groups, rows: &rowRange, columns: &columnRange, dims, reads: cluster.views.map(\.strides))
    }
    outer = groups.map { dims[$0].product }
    rows = dims[rowRange].product
    columns = dims[columnRange].product.count
    ranges = groups + [rowRange, columnRange]
  }

  /// Fewer rows are not worth a call: pools and their gradients, which treat the pixels of a window alike.
  private static let fewRows = 8
  /// Nor are fewer columns.
  private static let fewColumns = 8

  /// Finds better rows and columns among loops that may come in any order.
  private static func reorder(_ groups: inout [Range<Int>], rows: inout Range<Int>, columns: inout Range<Int>, _ dims: Dims, reads: [[Int]])
  {
    func isMany(_ group: Range<Int>, _ few: Int) -> Bool { dims[group].product.perExample || dims[group].product.count >= few }
    let repeats = reads.contains { stride($0, along: columns) == 0 }
    if repeats, !isMany(columns, fewColumns), !dims[rows].product.perExample, dims[rows].product.count > dims[columns].product.count {
      swap(&rows, &columns)
    }
    // What lies apart along the columns and side by side along another loop is turned, square by square.
    let apart = reads.filter { stride($0, along: columns) > 1 }
    let beside = groups.lastIndex { group in
      !apart.isEmpty && !dims[group].product.perExample && isMany(group, fewRows) && apart.allSatisfy { stride($0, along: group) == 1 }
    }
    let longer = isMany(rows, fewRows) ? nil : groups.lastIndex { isMany($0, fewRows) }
    if let other = beside ?? longer { swap(&groups[other], &rows) }
  }

  /// Neighbouring dims taken together where every operand walks them with one stride.
  private static func collapsed(_ range: Range<Int>, _ dims: Dims, _ strides: [[Int]]) -> [Range<Int>] {
    var groups: [Range<Int>] = []
    for index in range {
      guard let last = groups.last else {
        groups.append(index..<(index + 1))
        continue
      }
      let isOneRun = strides.allSatisfy { own in
        index >= own.count || collapsedStride(own, dims, in: last.lowerBound..<(index + 1)) != nil
      }
      if isOneRun { groups[groups.count - 1] = last.lowerBound..<(index + 1) } else { groups.append(index..<(index + 1)) }
    }
    return groups
  }

  private static func stride(_ strides: [Int], along group: Range<Int>) -> Int {
    group.last.flatMap { $0 < strides.count ? strides[$0] : nil } ?? 0
  }

  /// With one column a full value is a row value.
  func level(_ level: Level) -> Level { columns == 1 ? .row : level }

  func access(_ buffer: Buffer, offset: Int, _ strides: [Int]) -> Access {
    let along = ranges.map { Self.stride(strides, along: $0) }
    return Access(buffer, offset: offset, outer: Array(along.dropLast(2)), row: along[along.count - 2], column: along[along.count - 1])
  }
}

extension Cluster {
  /// Whether it does the same for each element, wherever that is.
  fileprivate var takesAnyOrder: Bool {
    product == nil && split == nil && reductions.isEmpty
      && items.allSatisfy { if case .compute(let expression) = $0.kind { !expression.usesCoordinates } else { false } }
  }
}

extension Kernel {
  /// Drops statements that nobody reads, as where a cheap value was computed again by its only readers.
  fileprivate mutating func dropUnread() {
    var read = Set((sinks.map(\.operand) + stores.map(\.operand)).compactMap(\.local))
    for statement in statements.reversed() where read.contains(statement.id) { read.formUnion(statement.operands.compactMap(\.local)) }
    statements.removeAll { !read.contains($0.id) }
  }
}

extension Operand {
  fileprivate var local: Int? { if case .local(let id) = self { id } else { nil } }
}
