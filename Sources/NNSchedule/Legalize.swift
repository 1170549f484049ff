import NNGraph

/// The last pass over the graph: drops what only derivatives needed to see, gathers like terms, and rewrites the few forms that no kernel has.
struct Legalize {
  var builder = GraphBuilder()
  private let source: Graph
  private var images: [Value?]
  /// How often a value is read.
  private let uses: [Int]

  /// An equal program whose graph holds just what its roots depend on.
  static func run(_ program: EntryProgram) -> EntryProgram {
    let isReached = program.graph.reachable(from: program.roots)
    var pass = Legalize(program.graph, isReached: isReached)
    let likeTerms = LikeTerms(program, isReached: isReached)
    for id in program.graph.nodes.indices where isReached[id] && !likeTerms.isInner[id] {
      let node = program.graph.nodes[id]
      let gathered = likeTerms.sums[id].flatMap { pass.gathered($0, of: program.graph) }
      pass.images[id] = pass.named(gathered ?? pass.image(of: node), node)
    }
    var result = program
    result.result = program.result.flatMap { pass.images[$0.id] }
    result.stores = program.stores.compactMap { store in
      pass.images[store.value.id].map { EntryProgram.Store(value: $0, destination: store.destination) }
    }
    result.graph = pass.builder.graph
    return result
  }

  private init(_ source: Graph, isReached: [Bool]) {
    self.source = source
    var uses = [Int](repeating: 0, count: source.count)
    for id in source.nodes.indices where isReached[id] {
      for input in source.nodes[id].inputs { uses[input.id] += 1 }
    }
    self.uses = uses
    images = [Value?](repeating: nil, count: source.count)
  }

  /// What became of a value.
  func image(of value: Value) -> Value? { images[value.id] }

  private mutating func image(of node: Node) -> Value {
    builder.range = node.range
    if isForDerivatives(node) { return builder.fill(0, node.type) }
    return rewritten(node, node.inputs.compactMap { images[$0.id] })
  }

  /// Whether it is a value less itself as a constant: 0, with the derivative of the value.
  private func isForDerivatives(_ node: Node) -> Bool {
    guard node.operation.lowering == .elementwise(.input(0) - .input(1)) else { return false }
    let constant = source[node.inputs[1]]
    return constant.operation.lowering == .stop && constant.inputs == [node.inputs[0]]
  }

  private mutating func named(_ image: Value, _ node: Node) -> Value {
    if let name = node.name { builder.name(image, name) }
    return image
  }

  private mutating func rewritten(_ node: Node, _ inputs: [Value]) -> Value {
    switch node.operation.lowering {
    case .stop:
      return inputs[0]
    case .reduction(let kind, let axes, let batch):
      let factored = kind == .sum ? factoredSum(inputs[0], axes: axes, batch: batch, isOnlyUse: uses[node.inputs[0].id] == 1) : nil
      return factored ?? reduced(kind, inputs[0], axes: axes, batch: batch)
    case .elementwise where node.operation is Multiply:
      return joined(inputs, type: node.type) ?? builder.node(node.operation, inputs)
    case .contraction(let labels): return product(labels, inputs)
    case .windows(let windows): return self.windows(windows, of: inputs[0])
    case .fold(let windows): return fold(windows, of: inputs[0], type: node.type)
    case .elementwise(.coordinate(let axis)) where node.type.shape.count <= Self.largestTable:
      return builder.node(Literal(coordinates(axis, node.type.shape), node.type.shape), [])
    default:
      return builder.node(node.operation, inputs)
    }
  }

  /// Coordinates of small tensors are tables.
  private static let largestTable = 1024

  private func coordinates(_ axis: Int, _ shape: Shape) -> [Double] {
    let stride = shape.strides[axis]
    return (0..<shape.count).map { Double($0 / stride % shape[axis]) }
  }

  /// A reduction of everything to one number goes example by example.
  mutating func reduced(_ kind: ReductionKind, _ input: Value, axes: [Int], batch: Bool) -> Value {
    let type = builder.type(input)
    guard batch, type.isBatched, axes.count == type.shape.rank, type.shape.count > 1 else {
      return builder.node(Reduce(kind, axes: axes, batch: batch), [input])
    }
    return builder.reduce(kind, builder.reduce(kind, input, axes: axes), axes: [], batch: true)
  }

  /// A product that has no rows or no columns of its own for each example (or at all) is a sum of elementwise products, and some that sum nothing are
  /// elementwise.
  mutating func product(_ labels: Contraction, _ inputs: [Value]) -> Value {
    let types = inputs.map { builder.type($0) }
    let sides = [labels.lhs, labels.rhs]
    if isElementwise(labels, types) {
      let factors = sides.indices.map { side in
        let kept = zip(sides[side], types[side].shape.dimensions).filter { labels.output.contains($0.0) }
        return builder.reshape(inputs[side], to: Shape(kept.map(\.1)))
      }
      return builder.sumOfProducts(sides.map { $0.filter(labels.output.contains) }, factors, order: labels.output, kept: labels.output)
    }
    let shared = labels.lhs.filter { labels.rhs.contains($0) && labels.output.contains($0) }
    let isBatchShared = types[0].isBatched && types[1].isBatched && !labels.sumsBatch
    let lone = sides.enumerated().map { side, mine in
      (types[side].isBatched && !types[1 - side].isBatched) || mine.contains { labels.output.contains($0) && !shared.contains($0) }
    }
    let isSingle = !lone[0] && !lone[1]
    guard isSingle || ((isBatchShared || !shared.isEmpty) && !(lone[0] && lone[1])) else {
      let fillsByPixels = PixelLanes(labels, types, windows: inputs.map { builder.operation($0) as? Windows }) != nil
      return (fillsByPixels ? nil : grouped(labels, inputs)) ?? builder.node(Contract(labels), inputs)
    }
    let order = labels.output + labels.lhs.filter { !labels.output.contains($0) }
    let sum = builder.sumOfProducts(sides, inputs, order: order, kept: labels.output)
    return labels.sumsBatch ? builder.reduce(.sum, sum, axes: [], batch: true) : sum
  }

  /// Whether nothing is summed, and one operand is a single number, for each example or in all, or has nothing that the other has not: the kernels of a
  /// single tap, each for its channel. Rows times columns are better made as a product, and convolutions are found by theirs.
  private func isElementwise(_ labels: Contraction, _ types: [ValueType]) -> Bool {
    let extents = zip(labels.lhs + labels.rhs, types.flatMap(\.shape.dimensions))
    let long = Set(extents.filter { $0.1 > 1 }.map(\.0))
    guard !labels.sumsBatch, long.allSatisfy(labels.output.contains) else { return false }
    return zip([labels.lhs, labels.rhs], [labels.rhs, labels.lhs]).enumerated().contains { side, own in
      let mine = own.0.filter(long.contains)
      return mine.isEmpty || mine.allSatisfy(own.1.contains) && (types[1 - side].isBatched || !types[side].isBatched)
    }
  }
}
