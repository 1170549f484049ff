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
    /// Waits for its first reader; so many nodes wait in a row.
    case pending(Int)
    /// Computed in the cluster at this position. A local of it, or (where `isSink`) in memory after it.
    case cluster(Int, isSink: Bool)
  }

  let graph: Graph
  let fusion: Fusion
  var works: [Work] = []
  /// Scalars that depend on nothing that a kernel computes: they come first.
  var prologue: [ScalarStatement] = []
  var homes: [Home?]
  var literals: [[Double]] = []
  /// Nodes whose values go to the workspace, with the position that computes them.
  var materialised: [Value: Int] = [:]
  var latestByDims: [Dims: Int] = [:]
  var scalarCount = 0
  var early: Set<Int> = []
  /// Values that are another node's under a shape with other ones.
  var aliases: [Value: Value] = [:]
  /// Values that are no nodes of the graph get numbers after its last.
  var extraTypes: [ValueType] = []
  var extraNames: [String?] = []
  /// Where values that only lie in a part of a larger one are to be had.
  var shown: [Value: TensorView] = [:]
  /// Where values that are put together lie in larger ones that they are parts of.
  var nests: [Value: Nest] = [:]

  struct Nest {
    var outer: Value
    var view: TensorView
  }

  init(_ graph: Graph, fusion: Fusion) {
    self.graph = graph
    self.fusion = fusion
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
    case .draw: placeLate(value, node)
    case .reduction(let kind, let axes, let batch): placeReduction(value, node, kind, axes, batch)
    case .contraction(let labels): placeContraction(value, node, labels)
    case .place(let placements): placeParts(value, node, placements)
    case .gather: placeGather(value, node)
    case .scatter(let count): placeScatter(value, node, count: count)
    case .modal, .stop, .windows, .fold: preconditionFailure("internal: \(Swift.type(of: node.operation).mnemonic) reached the schedule")
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

  mutating func literal(_ numbers: [Double], _ type: ValueType) -> TensorView {
    literals.append(numbers)
    return TensorView(.literal(literals.count - 1), type)
  }

  /// Scalars that only the call knows are C locals.
  mutating func source(_ argument: Argument, _ type: ValueType, _ value: Value) -> Home {
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

  mutating func appendScalar(_ value: Value, _ expression: ScalarExpression, _ operands: [ScalarOperand]) -> Home {
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

  func isEarly(_ operand: ScalarOperand) -> Bool {
    switch operand {
    case .scalar(let id): early.contains(id)
    case .constant, .batchSize, .rate, .step: true
    case .memory(let access), .index(let access): if case .workspace = access.buffer { false } else { true }
    }
  }

  mutating func makeScalar() -> Int {
    defer { scalarCount += 1 }
    return scalarCount
  }

  /// Expansions and windows say what they walk only together with their input's shape.
  func resolved(_ view: StridedView, _ node: Node) -> StridedView {
    view.resolved(node, input: graph.type(node.inputs[0]).shape)
  }

  mutating func placeReshape(_ value: Value, _ node: Node) {
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

  mutating func derivedView(of value: Value) -> TensorView {
    let node = graph[value]
    let input = node.inputs[0]
    if case .view(let view) = node.operation.lowering { return self.view(of: input).viewed(resolved(view, node)) }
    let viewed = view(of: input).reshaped(from: graph.type(input).shape, to: node.type.shape)
    return viewed ?? contiguous(input, as: node.type)
  }

  /// A copy of a value in its natural order, under another type with as many elements.
  mutating func contiguous(_ value: Value, as type: ValueType) -> TensorView {
    let copy = copied(value)
    var result = TensorView(.node(copy), type)
    result.batch = graph.type(value).isBatched ? type.shape.count : 0
    return result
  }

  func root(_ value: Value) -> Value { aliases[value] ?? value }
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
