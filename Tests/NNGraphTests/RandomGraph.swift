import NNGraph
import NNOperations
import NNTestSupport

/// A graph of random smooth operations, built twice: by the builder, and node by node without any algebra.
struct RandomGraph {
  struct Pair {
    let built: Value
    let plain: Value
  }

  private(set) var builder = GraphBuilder()
  private(set) var plain = Graph()
  private(set) var pairs: [Pair] = []
  private(set) var values: [Argument: [Double]] = [:]
  private var ports: [SampleGraph.Port] = []
  private var classes: Pair?
  private var numbers: SeededNumbers
  let batch = 2

  init(seed: UInt64) {
    numbers = SeededNumbers(seed: seed)
    for (index, shape) in ([[3, 4], [2, 3, 4], [4], [3, 1], [], [4, 3]] as [Shape]).enumerated() { addSource(index, shape) }
    addClasses()
    for number in [0.0, 1, -1, 2] { add(Fill(number, .scalar), []) }
  }

  private mutating func addSource(_ index: Int, _ shape: Shape) {
    let type = ValueType(shape, isBatched: index % 2 == 0)
    let argument = Argument(.input, index)
    let elements = (0..<shape.count * (type.isBatched ? batch : 1)).map { _ in numbers.smooth(-1.5...1.5) }
    values[argument] = elements
    add(Source(argument, type), [])
    let value = pairs[pairs.count - 1].built
    ports.append(SampleGraph.Port(name: "x\(index)", value: value, argument: argument, elements: elements, isReal: true))
  }

  /// Some are beyond the rows of every table.
  private mutating func addClasses() {
    let argument = Argument(.target, 0)
    values[argument] = (0..<3 * batch).map { _ in Double(Int.random(in: 0..<5, using: &numbers)) }
    add(Source(argument, ValueType([3], isBatched: true, element: .integer(classes: 5))), [])
    classes = pairs.popLast()
    guard let classes else { return }
    ports.append(SampleGraph.Port(name: "c", value: classes.built, argument: argument, elements: values[argument] ?? [], isReal: false))
  }

  /// The last values of the graph, as one.
  func sample() -> SampleGraph {
    var graph = builder
    var total = graph.fill(0)
    for pair in pairs.suffix(4) {
      let axes = Array(0..<graph.shape(pair.built).rank)
      total = graph.add(total, graph.reduce(.sum, pair.built, axes: axes))
    }
    return SampleGraph(graph: graph, results: [total], inputs: ports, parameters: [])
  }

  mutating func grow(nodes: Int) { for _ in 0..<nodes { addRandom() } }

  private mutating func add(_ operation: some Operation, _ inputs: [Pair]) {
    guard let type = try? operation.resultType(inputs.map { plain.type($0.plain) }), type.shape.count <= 200 else { return }
    let built = builder.node(operation, inputs.map(\.built))
    let node = Node(operation: operation, inputs: inputs.map(\.plain), type: type)
    pairs.append(Pair(built: built, plain: plain.append(node)))
  }

  private mutating func pick() -> Pair { pairs[Int.random(in: 0..<pairs.count, using: &numbers)] }

  private func type(_ pair: Pair) -> ValueType { plain.type(pair.plain) }

  private mutating func addRandom() {
    let a = pick()
    switch Int.random(in: 0..<19, using: &numbers) {
    case 0, 1: add(Add(), [a, pick()])
    case 2: add(Subtract(), [a, pick()])
    case 3, 4: add(Multiply(), [a, pick()])
    case 5: add(Negate(), [a])
    case 6: add(Sigmoid(), [a])
    case 7: add(Tanh(), [a])
    case 8: add(Reduce(.sum, axes: someAxes(a), batch: Bool.random(using: &numbers) && type(a).isBatched), [a])
    case 9: addReshape(a)
    case 10: addTranspose(a)
    case 11: addExpand(a)
    case 12: addSlice(a)
    case 13: addPlace(a)
    case 14: addContract(a, pick())
    case 15, 16: addWindows(a)
    case 17: addRows(a)
    default: addQuotient(a, pick())
    }
  }

  private mutating func someAxes(_ value: Pair) -> [Int] {
    (0..<type(value).shape.rank).filter { _ in Bool.random(using: &numbers) }
  }

  private mutating func addReshape(_ value: Pair) {
    let count = type(value).shape.count
    let divisors = (1...max(count, 1)).filter { count % $0 == 0 }
    guard count > 0, let rows = divisors.randomElement(using: &numbers) else { return }
    let shapes: [Shape] = [[rows, count / rows], [count], [1, count], [count, 1]]
    add(Reshape(shapes[Int.random(in: 0..<4, using: &numbers)]), [value])
  }

  /// Twice, since two at once become one.
  private mutating func addTranspose(_ value: Pair) {
    let axes = Array(0..<type(value).shape.rank)
    add(Transpose(axes.shuffled(using: &numbers)), [value])
    add(Transpose(axes.shuffled(using: &numbers)), [pairs[pairs.count - 1]])
  }

  private mutating func addExpand(_ value: Pair) {
    var dimensions = type(value).shape.dimensions.map { $0 == 1 && Bool.random(using: &numbers) ? 3 : $0 }
    if Bool.random(using: &numbers) { dimensions.insert(2, at: 0) }
    add(Expand(Shape(dimensions), isBatched: type(value).isBatched || Bool.random(using: &numbers)), [value])
  }

  private mutating func addSlice(_ value: Pair) {
    let (placement, sizes) = numbers.part(of: type(value).shape)
    add(Slice(placement, sizes: sizes), [value])
    let whole = type(value).shape
    if Bool.random(using: &numbers) { add(Place([placement], shape: whole), [pairs[pairs.count - 1]]) }
  }

  /// Windows over an axis or two, and at times what they are summed back to.
  private mutating func addWindows(_ value: Pair) {
    let shape = type(value).shape
    guard shape.rank > 0 else { return }
    let windows = (0..<Int.random(in: 1...min(shape.rank, 2), using: &numbers)).map { _ in numbers.window() }
    let count = pairs.count
    add(Windows(windows), [value])
    guard pairs.count > count, Bool.random(using: &numbers) else { return }
    add(Fold(windows, extents: Array(shape.dimensions.suffix(windows.count))), [pairs[count]])
  }

  /// Rows of a table, and at times what they add up to.
  private mutating func addRows(_ value: Pair) {
    guard let classes, type(value).shape.rank > 0 else { return }
    if !type(value).isBatched { add(Gather(), [value, classes]) }
    add(Scatter(count: Int.random(in: 1...6, using: &numbers)), [value, classes])
  }

  private mutating func addPlace(_ value: Pair) {
    let shape = type(value).shape
    guard shape.rank > 0 else { return }
    let others = pairs.filter { type($0).shape == shape }
    guard let other = others.randomElement(using: &numbers) else { return }
    var joined = shape
    joined.dimensions[0] = 2 * shape[0] + 1
    let origin = [Int](repeating: 0, count: shape.rank)
    var second = origin
    second[0] = shape[0] + 1
    add(Place(offsets: [origin, second], shape: joined), [value, other])
  }

  /// Through the builder's own product in both graphs; here only the shapes that fit are tried.
  private mutating func addContract(_ a: Pair, _ b: Pair) {
    let (left, right) = (type(a).shape, type(b).shape)
    guard left.rank == 2, right.rank == 2, left[1] == right[0] else { return }
    add(Contract(Contraction(lhs: [0, 1], rhs: [1, 2], output: [0, 2], sumsBatch: false)), [a, b])
  }

  /// Over a divisor that stays away from 0.
  private mutating func addQuotient(_ a: Pair, _ b: Pair) {
    add(Sigmoid(), [b])
    let divisor = pairs[pairs.count - 1]
    add(Divide(), [a, divisor])
  }
}
