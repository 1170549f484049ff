import NNGraph
import NNOperations

/// Chooses the order in which the axes of values lie in memory. Convolutions read and write images channels last, but for those to few channels, which have
/// the model's order. What follows them stays so until something needs the other order; all that can be seen from outside has the model's.
///
/// An order is a transposition in the graph, not a property of buffers: the passes that come after know nothing of it.
struct Arrange {
  /// A value of the new graph: its axis i is axis `order[i]` of the value that it stands for.
  struct Arranged {
    var value: Value
    var order: [Int]

    var isNatural: Bool { order == Array(0..<order.count) }

    init(_ value: Value, _ order: [Int]) {
      self.value = value
      self.order = order
    }

    init(natural value: Value, _ type: ValueType) { self.init(value, Array(0..<type.shape.rank)) }
  }

  var builder = GraphBuilder()
  private var images: [Arranged?]
  private let reading: WindowReading
  private let graph: Graph
  /// Values that a product for groups of pixels computes with one axis more. What is computed from them elementwise is computed with it too, by the
  /// product's own kernel.
  var splits: Set<Value> = []

  /// An equal program.
  static func run(_ program: EntryProgram) -> EntryProgram {
    var pass = Arrange(program.graph)
    let isReached = program.graph.reachable(from: program.roots)
    for id in program.graph.nodes.indices where isReached[id] {
      let node = program.graph.nodes[id]
      pass.builder.range = node.range
      let image = pass.image(of: node, Value(id))
      pass.images[id] = image
      if let name = node.name { pass.builder.name(image.value, name) }
    }
    var result = program
    result.result = program.result.map { pass.natural($0) }
    result.stores = program.stores.map { EntryProgram.Store(value: pass.natural($0.value), destination: $0.destination) }
    result.graph = pass.builder.graph
    return result
  }

  private init(_ graph: Graph) {
    images = [Arranged?](repeating: nil, count: graph.count)
    reading = WindowReading(graph)
    self.graph = graph
  }

  // MARK: Orders

  private mutating func natural(_ value: Value) -> Value { images[value.id].map { natural($0) } ?? value }

  private mutating func natural(_ arranged: Arranged) -> Value { reordered(arranged, Array(0..<arranged.order.count)) }

  private mutating func reordered(_ arranged: Arranged, _ order: [Int]) -> Value {
    if arranged.order == order { return arranged.value }
    return builder.transpose(arranged.value, order.compactMap { arranged.order.firstIndex(of: $0) })
  }

  /// With axes of extent 1 in front, up to `rank`.
  private mutating func lifted(_ arranged: Arranged, to rank: Int) -> Arranged {
    let lead = rank - arranged.order.count
    guard lead > 0 else { return arranged }
    let shape = Shape([Int](repeating: 1, count: lead) + builder.shape(arranged.value).dimensions)
    return Arranged(builder.reshape(arranged.value, to: shape), Array(0..<lead) + arranged.order.map { $0 + lead })
  }

  // MARK: Nodes

  private mutating func image(of node: Node, _ value: Value) -> Arranged {
    let inputs = node.inputs.compactMap { images[$0.id] }
    switch node.operation.lowering {
    case .elementwise(let expression) where !inputs.isEmpty && !expression.usesCoordinates:
      return elementwise(node, inputs)
    case .reduction(let kind, let axes, let batch):
      return reduction(kind, axes: axes, batch: batch, inputs[0])
    case .contraction(let labels):
      let windows = node.inputs.map { graph[$0].operation as? Windows }
      let channels = ChannelProduct(labels, node.inputs.map { graph.type($0) }, windows: windows)
      if let channels { return channelwise(channels, labels, inputs) }
      return product(labels, inputs, node, pixels: reading.pixelProducts[value])
    case .reshape:
      return reshaped(inputs[0], to: node.type.shape)
    case .view:
      return view(node, inputs[0], isRead: reading.orders[value])
    case .place(let placements):
      return placed(placements, inputs, node, isRead: reading.orders[value])
    default:
      return Arranged(natural: builder.node(node.operation, inputs.map { natural($0) }), node.type)
    }
  }

  /// In the order of the first operand that has another than the model's. What is computed from the caller's parameters keeps theirs.
  private func order(of node: Node, _ inputs: [Arranged]) -> [Int] {
    let standard = Array(0..<node.type.shape.rank)
    let whole = inputs.filter { builder.shape($0.value).count == node.type.shape.count }
    let keepsParameters = whole.contains { !builder.type($0.value).isBatched && isSource($0.value) }
    return keepsParameters ? standard : whole.first { !$0.isNatural }?.order ?? standard
  }

  private func isSource(_ value: Value) -> Bool {
    if case .source = builder.operation(value).lowering { return true }
    return false
  }

  private mutating func elementwise(_ node: Node, _ inputs: [Arranged]) -> Arranged {
    if inputs.allSatisfy(\.isNatural) { return Arranged(natural: builder.node(node.operation, inputs.map(\.value)), node.type) }
    let lifted = inputs.map { self.lifted($0, to: node.type.shape.rank) }
    let order = order(of: node, lifted)
    let operands = lifted.map { reordered($0, order) }
    return Arranged(splitElementwise(node.operation, operands) ?? builder.node(node.operation, operands), order)
  }

  private mutating func reduction(_ kind: ReductionKind, axes: [Int], batch: Bool, _ input: Arranged) -> Arranged {
    let own = axes.compactMap { input.order.firstIndex(of: $0) }.sorted()
    if let source = regrouped(input.value, axes: own) {
      let value = builder.node(Reduce(kind, axes: source.axes, batch: batch), [source.value])
      return Arranged(value, order(of: axes, keptOf: input.order))
    }
    let value = unrolled(kind, input.value, axes: own, batch: batch) ?? alongRows(kind, input.value, axes: own, batch: batch)
    return Arranged(value, order(of: axes, keptOf: input.order))
  }

  /// What lies side by side is reduced along rows first, then over the examples.
  private mutating func alongRows(_ kind: ReductionKind, _ input: Value, axes: [Int], batch: Bool) -> Value {
    let type = builder.type(input)
    let walked = axes.filter { type.shape[$0] != 1 }
    let kept = type.shape.dimensions.indices.filter { type.shape[$0] != 1 && !axes.contains($0) }
    let isAlong = batch && type.isBatched && kind != .argmax && (kept.last.map { $0 < walked.first ?? 0 } ?? false)
    guard isAlong, walked.reduce(1, { $0 * type.shape[$1] }) >= Self.leastAlong else {
      return builder.node(Reduce(kind, axes: axes, batch: batch), [input])
    }
    return builder.node(Reduce(kind, axes: [], batch: true), [builder.node(Reduce(kind, axes: axes, batch: false), [input])])
  }

  private static let leastAlong = 32

  /// The order of the axes that a reduction leaves.
  private func order(of axes: [Int], keptOf order: [Int]) -> [Int] {
    let kept = order.indices.filter { !axes.contains($0) }
    return order.filter(kept.contains).compactMap { kept.firstIndex(of: $0) }
  }

  /// Of a tensor under another shape, the tensor itself and its axes that the given ones are made of, where they are made of no other: it can be
  /// reduced where it is computed.
  private func regrouped(_ value: Value, axes: [Int]) -> (value: Value, axes: [Int])? {
    guard builder.operation(value) is Reshape else { return nil }
    let source = builder.inputs(value)[0]
    let (from, to) = (builder.shape(source), builder.shape(value))
    guard let groups = AxisGroups(from: from, to: to) else { return nil }
    return groups.sources(of: axes).map { (source, $0) }
  }

  /// Few elements are reduced one by one where they are not neighbours: pools.
  private mutating func unrolled(_ kind: ReductionKind, _ input: Value, axes: [Int], batch: Bool) -> Value? {
    let type = builder.type(input)
    let count = axes.reduce(1) { $0 * type.shape[$1] }
    let walked = axes.filter { type.shape[$0] != 1 }
    guard let first = walked.first, 2...Self.mostUnrolled(of: builder.operation(input)) ~= count, kind != .argmax,
      !(batch && type.isBatched),
      !type.shape.dimensions[first...].indices.allSatisfy({ type.shape[$0] == 1 || walked.contains($0) })
    else { return nil }
    let sizes = type.shape.dimensions.indices.map { axes.contains($0) ? 1 : type.shape[$0] }
    let strides = Shape(axes.map { type.shape[$0] }).strides
    var result: Value?
    for element in 0..<count {
      var starts = [Int](repeating: 0, count: type.shape.rank)
      for (index, axis) in axes.enumerated() { starts[axis] = element / strides[index] % type.shape[axis] }
      let slice = builder.node(Slice(starts: starts, sizes: sizes), [input])
      let part = builder.reshape(slice, to: type.shape.removing(axes: axes))
      result = result.map { combined(kind, $0, part) } ?? part
    }
    return result
  }

  /// More of windows along one axis, whose elements are not side by side anywhere.
  static func mostUnrolled(of operation: any Operation) -> Int {
    guard let windows = (operation as? Windows)?.windows, windows.count(where: { $0.size > 1 }) == 1 else { return 16 }
    return 32
  }

  private mutating func combined(_ kind: ReductionKind, _ lhs: Value, _ rhs: Value) -> Value {
    switch kind {
    case .max: builder.node(Maximum(), [lhs, rhs])
    case .min: builder.node(Minimum(), [lhs, rhs])
    case .sum, .argmax: builder.add(lhs, rhs)
    }
  }

  /// Of what a convolution computes, the axes of its windows come first, in the order in which they lie in memory, then those of its kernels. What
  /// comes last is what vectors are filled with, so in the gradient of the weights it is the kernels' number where windows of few channels would
  /// leave vectors half empty.
  ///
  /// - Parameter pixels: the operand whose windows are read a line of pixels at a time.
  private mutating func product(_ labels: Contraction, _ inputs: [Arranged], _ node: Node, pixels: Int?) -> Arranged {
    let sides = zip([labels.lhs, labels.rhs], inputs).map { own, input in input.order.map { own[$0] } }
    if let pixels {
      let natural = [0, 1].map { $0 == pixels ? naturalWindows(node.inputs[$0]) ?? inputs[$0] : laidDown(inputs[$0]) }
      let sides = [labels.lhs, labels.rhs]
      let rows = sides[1 - pixels].filter(labels.output.contains)
      return product(labels, sides, output: rows + sides[pixels].filter { labels.output.contains($0) && !rows.contains($0) }, natural)
    }
    guard let leader = inputs.firstIndex(where: { !$0.isNatural || builder.operation($0.value) is Windows }) else {
      return Arranged(natural: builder.node(node.operation, inputs.map(\.value)), node.type)
    }
    var first = sides[leader]
    if inputs[leader].isNatural, let windows = builder.operation(inputs[leader].value) as? Windows {
      first = Windows.channelsLast(rank: first.count, windows.windows.count).map { first[$0] }
    }
    var groups = [first, sides[1 - leader].filter { !first.contains($0) }].map { $0.filter(labels.output.contains) }
    let columns = groups.map { group in
      group.suffix(Self.columnLabels).reduce(1) { $0 * extent(of: $1, sides, inputs) }
    }
    if labels.sumsBatch, Lanes.filling(columns[0]) > 1.5 * Lanes.filling(columns[1]) { groups.reverse() }
    return product(labels, sides, output: groups[0] + groups[1], inputs)
  }

  /// Windows that another product reads with channels last, over a copy in the model's order; nil where they have it.
  private mutating func naturalWindows(_ windows: Value) -> Arranged? {
    let node = graph[windows]
    guard let image = images[windows.id], !image.isNatural, let source = images[node.inputs[0].id] else { return nil }
    return Arranged(natural: builder.node(node.operation, [laidDown(source).value]), node.type)
  }

  private mutating func product(_ labels: Contraction, _ sides: [[Int]], output: [Int], _ inputs: [Arranged]) -> Arranged {
    let contraction = Contraction(lhs: sides[0], rhs: sides[1], output: output, sumsBatch: labels.sumsBatch)
    return Arranged(builder.node(Contract(contraction), inputs.map(\.value)), output.compactMap { labels.output.firstIndex(of: $0) })
  }

  /// Of a window that slides over rows, the columns and channels lie side by side.
  private static let columnLabels = 2

  private func extent(of label: Int, _ sides: [[Int]], _ inputs: [Arranged]) -> Int {
    for (side, input) in zip(sides, inputs) {
      if let axis = side.firstIndex(of: label) { return builder.shape(input.value)[axis] }
    }
    return 1
  }

  private mutating func placed(_ placements: [Placement], _ inputs: [Arranged], _ node: Node, isRead: WindowReading.Order?) -> Arranged {
    let rank = node.type.shape.rank
    var order = inputs.first { !$0.isNatural }?.order ?? Array(0..<rank)
    switch isRead {
    case .channelsFirst: order = Array(0..<rank)
    case .channelsLast where rank >= 3 && inputs.allSatisfy(\.isNatural): order = Self.channelsLast(rank)
    case .channelsLast, nil: break
    }
    let own = placements.map { placement in
      Placement(starts: order.map { placement.starts[$0] }, steps: order.map { placement.steps[$0] })
    }
    let shape = Shape(order.map { node.type.shape[$0] })
    return Arranged(builder.node(Place(own, shape: shape), inputs.map { reordered($0, order) }), order)
  }

  // MARK: Views

  /// - Parameter isRead: how a product reads windows, if these are.
  private mutating func view(_ node: Node, _ input: Arranged, isRead: WindowReading.Order?) -> Arranged {
    var input = input
    if isRead == .channelsFirst { input = laidDown(input) }
    if isRead == .channelsLast, input.isNatural, builder.shape(input.value).rank >= 3, isComputed(input.value) {
      let order = Self.channelsLast(builder.shape(input.value).rank)
      input = Arranged(builder.laidDown(reordered(input, order)), order)
    }
    if input.isNatural { return Arranged(natural: builder.node(node.operation, [input.value]), node.type) }
    switch node.operation {
    case let transpose as Transpose:
      return Arranged(input.value, input.order.compactMap { transpose.permutation.firstIndex(of: $0) })
    case let slice as Slice:
      let placement = Placement(
        starts: input.order.map { slice.placement.starts[$0] }, steps: input.order.map { slice.placement.steps[$0] })
      return Arranged(
        builder.node(Slice(placement, sizes: input.order.map { slice.sizes[$0] }), [input.value]), input.order)
    case is Expand:
      let lifted = lifted(input, to: node.type.shape.rank)
      let type = ValueType(Shape(lifted.order.map { node.type.shape[$0] }), isBatched: node.type.isBatched)
      return Arranged(builder.expand(lifted.value, to: type), lifted.order)
    case let windows as Windows:
      let value = builder.node(node.operation, [natural(input)])
      let order = Windows.channelsLast(rank: node.type.shape.rank, windows.windows.count)
      return Arranged(builder.transpose(value, order), order)
    default:
      return Arranged(natural: builder.node(node.operation, [natural(input)]), node.type)
    }
  }

  private static func channelsLast(_ rank: Int) -> [Int] { [rank - 2, rank - 1] + Array(0..<(rank - 2)) }

  /// Whether a kernel computes it, in the model's order: padding is where it is wanted anyway, and what the caller has would be copied just for this.
  private func isComputed(_ value: Value) -> Bool {
    switch builder.operation(value).lowering {
    case .source, .literal, .constant, .place: false
    case .reshape, .view: isComputed(builder.inputs(value)[0])
    default: true
    }
  }

  /// The value in the model's order, in which it lies in memory.
  private mutating func laidDown(_ input: Arranged) -> Arranged {
    let standard = Array(0..<input.order.count)
    return input.isNatural ? input : Arranged(builder.laidDown(reordered(input, standard)), standard)
  }

  private mutating func reshaped(_ input: Arranged, to shape: Shape) -> Arranged {
    if !input.isNatural, let order = AxisGroups(from: logicalShape(input), to: shape)?.order(after: input.order) {
      let value = builder.reshape(input.value, to: Shape(order.map { shape[$0] }))
      if builder.operation(input.value) is Contract, builder.shape(input.value).longAxes == shape.longAxes + 1 { splits.insert(value) }
      return Arranged(value, order)
    }
    return Arranged(builder.reshape(natural(input), to: shape), Array(0..<shape.rank))
  }

  private func logicalShape(_ arranged: Arranged) -> Shape {
    var extents = [Int](repeating: 1, count: arranged.order.count)
    for (place, axis) in arranged.order.enumerated() { extents[axis] = builder.shape(arranged.value)[place] }
    return Shape(extents)
  }
}

extension Shape {
  /// How many axes have more than one element.
  fileprivate var longAxes: Int { dimensions.count { $0 > 1 } }
}

extension Windows {
  /// The axes of windows with those that the windows slide over first, then those within a window, then the others.
  fileprivate static func channelsLast(rank: Int, _ count: Int) -> [Int] {
    let lead = rank - 2 * count
    return Array(lead..<rank) + Array(0..<lead)
  }
}
