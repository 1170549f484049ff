import NNGraph

/// Decides which nodes are computed together, and in which order: one walk over the graph, in which a node joins the latest kernel that computes its
/// operands if it can, or starts a new one at the end. Every dependence then points from an earlier step to a later one by construction.
struct Clustering {
  /// What a step of the schedule will be.
  enum Work {
    case scalar(ScalarStatement)
    case cluster(Cluster)
    case storeScalar(Int, to: Value)
    case loadScalar(Int, from: TensorView, of: Value)
    case check(Int)
  }

  /// Where a node's value is to be had.
  enum Home {
    case constant(Double)
    /// A C local, there after the step.
    case scalar(Int, after: Int)
    case view(TensorView)
    /// A view of an input, made when it is asked for: a fused reader needs none.
    case derived
    /// Class numbers as reals: converted by whoever reads them.
    case conversion
    /// Computed in the cluster at this position. A local of it, or (where `isSink`) in memory after it.
    case cluster(Int, isSink: Bool)
  }

  let graph: Graph
  private(set) var works: [Work] = []
  /// Scalars that depend on nothing that a kernel computes: they come first.
  private(set) var prologue: [ScalarStatement] = []
  private(set) var homes: [Home?]
  private(set) var literals: [[Double]] = []
  /// Nodes whose values go to the workspace, with the position that computes them.
  private(set) var materialised: [Value: Int] = [:]
  private var latestByDims: [Dims: Int] = [:]
  private var scalarCount = 0
  private var early: Set<Int> = []

  init(_ graph: Graph) {
    self.graph = graph
    homes = [Home?](repeating: nil, count: graph.count)
  }

  // MARK: The walk

  mutating func place(_ value: Value) {
    let node = graph[value]
    switch node.operation.lowering {
    case .constant(let number): homes[value.id] = .constant(number)
    case .source(let argument): homes[value.id] = source(argument, node.type, value)
    case .literal(let numbers): homes[value.id] = .view(literal(numbers, node.type))
    case .reshape: placeReshape(value, node)
    case .view: homes[value.id] = .derived
    case .elementwise(let expression): placeElementwise(value, node, expression)
    case .draw(let distribution, let site): placeDraw(value, node, distribution, site)
    case .reduction(let kind, let axes, let batch): placeReduction(value, node, kind, axes, batch)
    case .contraction(let labels): placeContraction(value, node, labels)
    case .place(let offsets): placeParts(value, node, offsets)
    case .modal, .stop: preconditionFailure("internal: \(Swift.type(of: node.operation).mnemonic) reached the schedule")
    }
  }

  /// The C local that holds a single value; one is made for what lies in memory.
  mutating func scalar(of value: Value) -> Int {
    switch homes[value.id] {
    case .scalar(let id, _)?:
      return id
    case .constant(let number)?:
      let id = makeScalar()
      prologue.append(
        ScalarStatement(id: id, name: name(of: value), range: nil, expression: .constant(number), operands: []))
      return id
    default:
      let view = self.view(of: value)
      let id = makeScalar()
      works.append(.loadScalar(id, from: view, of: value))
      return id
    }
  }

  mutating func appendCheck(_ scalar: Int) { works.append(.check(scalar)) }

  private mutating func literal(_ numbers: [Double], _ type: ValueType) -> TensorView {
    literals.append(numbers)
    return TensorView(.literal(literals.count - 1), type)
  }

  /// Scalars that only the call knows are C locals.
  private mutating func source(_ argument: Argument, _ type: ValueType, _ value: Value) -> Home {
    let operand: ScalarOperand
    switch argument.role {
    case .batchSize: operand = .batchSize
    case .rate: operand = .rate
    case .step: operand = .step
    default:
      guard type.isSingle, type.element == .real else { return .view(TensorView(.argument(argument), type)) }
      operand = .memory(Access(.argument(argument)))
    }
    return appendScalar(value, .input(0), [operand])
  }

  private mutating func appendScalar(_ value: Value, _ expression: ScalarExpression, _ operands: [ScalarOperand]) -> Home {
    let id = makeScalar()
    let node = graph[value]
    let statement = ScalarStatement(id: id, name: node.name, range: node.range, expression: expression, operands: operands)
    if operands.allSatisfy(isEarly) {
      prologue.append(statement)
      early.insert(id)
      return .scalar(id, after: -1)
    }
    works.append(.scalar(statement))
    return .scalar(id, after: works.count - 1)
  }

  private func isEarly(_ operand: ScalarOperand) -> Bool {
    switch operand {
    case .scalar(let id): early.contains(id)
    case .constant, .batchSize, .rate, .step: true
    case .memory(let access), .index(let access): if case .workspace = access.buffer { false } else { true }
    }
  }

  private mutating func makeScalar() -> Int {
    defer { scalarCount += 1 }
    return scalarCount
  }

  /// An expansion says which axes repeat only together with its input's shape.
  private func resolved(_ view: StridedView, _ node: Node) -> StridedView {
    node.operation is Expand ? Expand.view(from: graph.type(node.inputs[0]).shape, to: node.type.shape) : view
  }

  private mutating func placeReshape(_ value: Value, _ node: Node) {
    let input = node.inputs[0]
    homes[value.id] = .derived
    guard graph.type(input).dims == node.type.dims else { return }
    switch homes[input.id] {
    case .constant?, .scalar?, .cluster?:
      homes[value.id] = homes[input.id]
      aliases[value] = root(input)
    default: break
    }
  }

  private mutating func derivedView(of value: Value) -> TensorView {
    let node = graph[value]
    let input = node.inputs[0]
    if case .view(let view) = node.operation.lowering { return self.view(of: input).viewed(resolved(view, node)) }
    let viewed = view(of: input).reshaped(from: graph.type(input).shape, to: node.type.shape)
    return viewed ?? contiguous(input, as: node.type)
  }

  /// A copy of a value in its natural order, under another type with as many elements.
  private mutating func contiguous(_ value: Value, as type: ValueType) -> TensorView {
    let copy = copied(value)
    var result = TensorView(.node(copy), type)
    result.batch = graph.type(value).isBatched ? type.shape.count : 0
    return result
  }

  /// Values that are another node's under a shape with other ones.
  private(set) var aliases: [Value: Value] = [:]

  func root(_ value: Value) -> Value { aliases[value] ?? value }

  // MARK: Reading values

  /// The place of a value in memory. What is computed gets a buffer.
  mutating func view(of value: Value) -> TensorView {
    let type = type(of: value)
    switch homes[value.id] {
    case .view(let view)?: return view
    case .derived?:
      let view = derivedView(of: value)
      homes[value.id] = .view(view)
      return view
    case .conversion?:
      join(value, graph[value], kind: .compute(.unary(.fromIndex, .input(0))))
      return self.view(of: value)
    case .constant(let number)?: return repeated(literal([number], .scalar), type)
    case .scalar(let id, let after)?:
      let origin = root(value)
      if materialised[origin] == nil {
        works.append(.storeScalar(id, to: origin))
        materialised[origin] = max(works.count - 1, after)
      }
      return repeated(TensorView(.node(origin), .scalar), type)
    case .cluster(let position, _)?:
      let origin = root(value)
      if materialised[origin] == nil { materialised[origin] = position }
      return TensorView(.node(origin), type)
    case nil: preconditionFailure("internal: v\(value.id) is used before it is placed")
    }
  }

  private func repeated(_ view: TensorView, _ type: ValueType) -> TensorView {
    var result = view
    result.batch = 0
    result.strides = [Int](repeating: 0, count: type.shape.rank)
    return result
  }

  /// The first position at which what the view shows is there.
  private func ready(_ view: TensorView) -> Int {
    if case .node(let origin) = view.origin, let position = materialised[origin] { return position + 1 }
    return 0
  }

  /// Follows reshapes and expansions, which only repeat, back to what they show.
  private func traced(_ value: Value) -> (base: Value, chain: [Node]) {
    var chain: [Node] = []
    var current = value
    while case .derived? = homes[current.id], !isPart(graph[current]) {
      chain.append(graph[current])
      current = graph[current].inputs[0]
    }
    return (current, chain.reversed())
  }

  private func isPart(_ node: Node) -> Bool {
    if case .view = node.operation.lowering { return !(node.operation is Expand) }
    return false
  }

  /// A view of a chain's base, seen through the chain.
  private func seen(_ base: TensorView, through chain: [Node]) -> TensorView? {
    var view: TensorView? = base
    for node in chain {
      if case .view(let strided) = node.operation.lowering {
        view = view?.viewed(resolved(strided, node))
      } else {
        view = view?.reshaped(from: graph.type(node.inputs[0]).shape, to: node.type.shape)
      }
    }
    return view
  }

  /// What a cluster computes and `value` shows, and its strides along the axes of `value`.
  private func localView(of value: Value) -> (origin: Value, position: Int, view: TensorView)? {
    let (base, chain) = traced(value)
    guard case .cluster(let position, isSink: false)? = homes[base.id],
      let view = seen(TensorView(.node(root(base)), graph.type(base)), through: chain)
    else { return nil }
    return (root(base), position, view)
  }

  /// The class numbers that `value` shows as reals.
  private mutating func convertedView(of value: Value) -> TensorView? {
    let (base, chain) = traced(value)
    guard case .conversion? = homes[base.id] else { return nil }
    return seen(view(of: graph[base].inputs[0]), through: chain)
  }

  // MARK: Elementwise

  private mutating func placeElementwise(_ value: Value, _ node: Node, _ expression: ScalarExpression) {
    if node.type.isSingle, let operands = scalarOperands(node.inputs) {
      homes[value.id] = appendScalar(value, expression, operands)
      return
    }
    if expression == .unary(.fromIndex, .input(0)) {
      homes[value.id] = .conversion
    } else {
      join(value, node, kind: .compute(expression))
    }
  }

  private mutating func scalarOperands(_ inputs: [Value]) -> [ScalarOperand]? {
    var operands: [ScalarOperand] = []
    for input in inputs {
      switch homes[input.id] {
      case .constant(let number)?: operands.append(.constant(number))
      case .scalar(let id, _)?: operands.append(.scalar(id))
      case .view?, .derived?:
        let view = self.view(of: input)
        guard case .argument(let argument) = view.origin, graph.type(input).element == .real else { return nil }
        operands.append(.memory(Access(.argument(argument), offset: view.offset)))
      default: return nil
      }
    }
    return operands
  }

  private mutating func placeDraw(_ value: Value, _ node: Node, _ distribution: Distribution, _ site: Int) {
    let count = node.type.shape.count
    join(value, node, kind: .draw(distribution, site: site, perExample: count, isBatched: node.type.isBatched))
  }

  private mutating func join(_ value: Value, _ node: Node, kind: Statement.Kind) {
    let candidates = candidatePositions(node)
    for position in candidates {
      if let level = level(of: node, in: position), let inputs = inputs(of: node, at: position, level: level) {
        add(Cluster.Item(value: value, level: level, kind: converting(kind, node, inputs), inputs: inputs), to: position)
        return
      }
    }
    let position = startCluster(dims: node.type.dims)
    guard let inputs = inputs(of: node, at: position, level: .full) else { preconditionFailure("internal: v\(value.id) fits no kernel") }
    add(Cluster.Item(value: value, level: .full, kind: converting(kind, node, inputs), inputs: inputs), to: position)
  }

  /// Makes reals of class numbers that are read where the node has reals.
  private func converting(_ kind: Statement.Kind, _ node: Node, _ inputs: [Cluster.Input]) -> Statement.Kind {
    guard case .compute(let expression) = kind else { return kind }
    let isConverted = zip(node.inputs, inputs).map { value, input in
      if case .index = input { graph.type(value).element == .real } else { false }
    }
    return isConverted.contains(true) ? .compute(expression.converting(isConverted)) : kind
  }

  private mutating func startCluster(dims: Dims) -> Int {
    works.append(.cluster(Cluster(dims: dims, isNatural: true)))
    latestByDims[dims] = works.count - 1
    return works.count - 1
  }

  private mutating func add(_ item: Cluster.Item, to position: Int) {
    withCluster(position) { cluster in
      cluster.items.append(item)
      cluster.levels[item.value] = item.level
    }
    homes[item.value.id] = .cluster(position, isSink: false)
  }

  /// The clusters that compute operands, latest first; without any, the latest with the same loops.
  private func candidatePositions(_ node: Node) -> [Int] {
    var positions: Set<Int> = []
    for input in node.inputs { if let local = localView(of: input) { positions.insert(local.position) } }
    if positions.isEmpty, let latest = latestByDims[node.type.dims] { positions.insert(latest) }
    return positions.sorted(by: >)
  }

  private func cluster(_ position: Int) -> Cluster? {
    if case .cluster(let cluster) = works[position] { return cluster }
    return nil
  }

  private mutating func withCluster(_ position: Int, _ body: (inout Cluster) -> Void) {
    guard case .cluster(var cluster) = works[position] else { return }
    works[position] = .check(0)
    body(&cluster)
    works[position] = .cluster(cluster)
  }

  /// At which level a node of this type is computed in a cluster; nil where it is not.
  private func level(of node: Node, in position: Int) -> Level? {
    guard case .cluster(let cluster) = works[position], cluster.items.count < Cluster.maximumItems else { return nil }
    let dims = node.type.dims
    if dims == cluster.dims && cluster.isNatural { return .full }
    return dims == cluster.rowDims ? .row : nil
  }

  /// The inputs of a node if it were computed at a position; nil where one of them is not there yet or is walked in a way the kernel has no loops for.
  private mutating func inputs(of node: Node, at position: Int, level: Level) -> [Cluster.Input]? {
    var inputs: [Cluster.Input] = []
    for input in node.inputs {
      guard let resolved = self.input(input, for: node.type, at: position, level: level) else { return nil }
      inputs.append(resolved)
    }
    return inputs
  }

  private mutating func input(_ value: Value, for type: ValueType, at position: Int, level: Level) -> Cluster.Input? {
    switch homes[traced(value).base.id] {
    case .constant(let number)?: return .constant(number)
    case .scalar(let id, let after)?: return after < position ? .scalar(id) : nil
    default: break
    }
    if let local = local(value, for: type, at: position, level: level) { return .local(local) }
    if let view = convertedView(of: value) {
      let strides = view.strides(along: type, from: graph.type(value).shape)
      return isWalkable(strides, at: position, level: level) ? .index(view, strides: strides) : nil
    }
    if case .cluster(let own, _)? = homes[value.id], own >= position { return nil }
    let view = self.view(of: value)
    guard ready(view) <= position else { return nil }
    let strides = view.strides(along: type, from: graph.type(value).shape)
    guard isWalkable(strides, at: position, level: level) else { return nil }
    if case .integer = graph.type(value).element { return .index(view, strides: strides) }
    return .view(view, strides: strides)
  }

  /// The cluster's own value that `value` shows element for element, or row by row.
  private func local(_ value: Value, for type: ValueType, at position: Int, level: Level) -> Value? {
    guard let found = localView(of: value), found.position == position, case .cluster(let cluster) = works[position],
      let own = cluster.levels[found.origin]
    else { return nil }
    let strides = found.view.strides(along: type, from: graph.type(value).shape)
    switch (own, level) {
    case (.full, .full), (.row, .row):
      return strides == naturalStrides(type.dims) ? found.origin : nil
    case (.row, .full):
      guard let split = cluster.split else { return nil }
      let rows = Array(cluster.dims[..<split])
      return Array(strides[..<split]) == naturalStrides(rows) && strides[split...].allSatisfy { $0 == 0 } ? found.origin : nil
    case (.full, .row): return nil
    }
  }

  private func isWalkable(_ strides: [Int], at position: Int, level: Level) -> Bool {
    guard case .cluster(let cluster) = works[position] else { return false }
    return cluster.runs.allSatisfy { run in
      run.upperBound > strides.count || collapsedStride(strides, cluster.dims, in: run) != nil
    }
  }

  // MARK: Reductions

  private mutating func placeReduction(_ value: Value, _ node: Node, _ kind: ReductionKind, _ axes: [Int], _ batch: Bool) {
    if let local = localView(of: node.inputs[0]), joinReduction(value, node, kind, axes, batch, local.origin, local.position, local.view) {
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
  private func isColumnKind(_ type: ValueType, _ axes: [Int], _ batch: Bool, _ kind: ReductionKind) -> Bool {
    if kind == .argmax { return false }
    if batch && type.isBatched { return true }
    let kept = type.shape.dimensions.indices.filter { type.shape[$0] != 1 && !axes.contains($0) }
    guard !type.isBatched, let firstKept = kept.first, let lastAxis = axes.filter({ type.shape[$0] != 1 }).last else { return false }
    return lastAxis < firstKept
  }

  /// The dims of the input (as indices into its dims) with those that are reduced last, or first where rows are summed.
  private func reductionOrder(_ type: ValueType, _ axes: [Int], _ batch: Bool, _ kind: ReductionKind) -> [Int] {
    let reduced = reducedDims(type, axes, batch)
    let kept = type.dims.indices.filter { !reduced.contains($0) }
    return isColumnKind(type, axes, batch, kind) ? reduced + kept : kept + reduced
  }

  private func reducedDims(_ type: ValueType, _ axes: [Int], _ batch: Bool) -> [Int] {
    var index = type.isBatched ? 1 : 0
    var reduced: [Int] = batch && type.isBatched ? [0] : []
    for axis in type.shape.dimensions.indices where type.shape[axis] != 1 {
      if axes.contains(axis) { reduced.append(index) }
      index += 1
    }
    return reduced
  }

  private func columns(_ order: [Int], _ type: ValueType, _ axes: [Int], _ batch: Bool, _ kind: ReductionKind) -> Range<Int> {
    let reduced = reducedDims(type, axes, batch).count
    return isColumnKind(type, axes, batch, kind) ? reduced..<order.count : (order.count - reduced)..<order.count
  }

  /// The reduced axes are apart in memory: a copy brings them together.
  private mutating func placeTransposedReduction(
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

  private mutating func startReduction(
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
  private mutating func joinReduction(
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
    guard setSplit(split, at: position) else { return false }
    if isColumn {
      addSink(value, node, kind, .local(origin), .full, to: position)
    } else {
      addRowReduction(value, node, kind, .local(origin), to: position)
    }
    return true
  }

  /// Fixes where rows end and columns begin, if all that is in the cluster allows it.
  private mutating func setSplit(_ split: Int, at position: Int) -> Bool {
    guard case .cluster(let cluster) = works[position] else { return false }
    if let own = cluster.split { return own == split }
    let run = split..<cluster.dims.count
    for item in cluster.items {
      for case .view(_, let strides) in item.inputs where collapsedStride(strides, cluster.dims, in: run) == nil { return false }
      for case .index(_, let strides) in item.inputs where collapsedStride(strides, cluster.dims, in: run) == nil { return false }
    }
    withCluster(position) {
      $0.split = split
      $0.runs.append(run)
    }
    return true
  }

  private mutating func addRowReduction(_ value: Value, _ node: Node, _ kind: ReductionKind, _ input: Cluster.Input, to position: Int) {
    guard node.type.isSingle else {
      add(Cluster.Item(value: value, level: .row, kind: .reduce(kind), inputs: [input]), to: position)
      return
    }
    // One row: its result is a number for the whole call.
    let row = makeValue(for: value)
    add(Cluster.Item(value: row, level: .row, kind: .reduce(kind), inputs: [input]), to: position)
    addSink(value, node, kind == .argmax ? .sum : kind, .local(row), .row, to: position)
  }

  private mutating func addSink(
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

  /// Values that are no nodes of the graph get numbers after its last.
  private(set) var extraTypes: [ValueType] = []
  private(set) var extraNames: [String?] = []

  private mutating func makeValue(for value: Value) -> Value {
    extraTypes.append(type(of: value))
    extraNames.append(name(of: value))
    homes.append(nil)
    return Value(graph.count + extraTypes.count - 1)
  }

  func type(of value: Value) -> ValueType { value.id < graph.count ? graph.type(value) : extraTypes[value.id - graph.count] }

  func name(of value: Value) -> String? { value.id < graph.count ? graph[value].name : extraNames[value.id - graph.count] }

  // MARK: Products

  private mutating func placeContraction(_ value: Value, _ node: Node, _ labels: Contraction) {
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

  // MARK: Parts

  private mutating func placeParts(_ value: Value, _ node: Node, _ offsets: [[Int]]) {
    let covered = node.inputs.reduce(0) { $0 + graph.type($1).shape.count }
    homes[value.id] = .view(TensorView(.node(value), node.type))
    if covered < node.type.shape.count {
      appendCopy(.constant(0), type: node.type, to: TensorView(.node(value), node.type), of: value)
    }
    for (input, offset) in zip(node.inputs, offsets) {
      var target = TensorView(.node(value), node.type)
      target.offset = zip(offset, target.strides).reduce(0) { $0 + $1.0 * $1.1 }
      let type = ValueType(graph.type(input).shape, isBatched: node.type.isBatched)
      appendCopy(nil, from: input, type: type, to: target, of: value)
    }
    materialised[value] = works.count - 1
  }

  private mutating func appendCopy(
    _ constant: Cluster.Input?, from source: Value? = nil, type: ValueType, to target: TensorView, of value: Value
  ) {
    let input = constant ?? source.map { copyInput($0, as: type) } ?? .constant(0)
    works.append(.cluster(Cluster(dims: type.dims, isNatural: false)))
    let position = works.count - 1
    let copy = makeValue(for: value)
    add(Cluster.Item(value: copy, level: .full, kind: .compute(.input(0)), inputs: [input]), to: position)
    partStores.append(PartStore(position: position, value: copy, view: target, strides: target.strides(along: type, from: type.shape)))
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

  /// Writes of copies into a part of a buffer.
  struct PartStore {
    var position: Int
    var value: Value
    var view: TensorView
    var strides: [Int]
  }
  private(set) var partStores: [PartStore] = []

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

extension Clustering {
  func arguments(readBy work: Work) -> [Argument] {
    switch work {
    case .cluster(let cluster): cluster.views.compactMap(\.view.argument)
    case .scalar(let statement): statement.operands.compactMap { if case .argument(let argument)? = $0.buffer { argument } else { nil } }
    case .loadScalar(_, let view, _): view.argument.map { [$0] } ?? []
    case .storeScalar, .check: []
    }
  }
}

extension ScalarExpression {
  /// With the inputs that are class numbers made real.
  func converting(_ isIndex: [Bool]) -> ScalarExpression {
    switch self {
    case .input(let index): isIndex[index] ? .unary(.fromIndex, self) : self
    case .constant, .coordinate: self
    case .unary(let primitive, let operand): .unary(primitive, operand.converting(isIndex))
    case .binary(let primitive, let lhs, let rhs): .binary(primitive, lhs.converting(isIndex), rhs.converting(isIndex))
    case .select(let condition, let first, let second):
      .select(condition.converting(isIndex), first.converting(isIndex), second.converting(isIndex))
    }
  }
}

extension ScalarOperand {
  var buffer: Buffer? {
    switch self {
    case .memory(let access), .index(let access): access.buffer
    case .scalar, .constant, .batchSize, .rate, .step: nil
    }
  }
}
