package import NNGraph
import NNOperations

/// Models made at random from a seed: every lowered form, in combinations nobody would think of.
package struct RandomModel {
  package private(set) var model: Model
  private var numbers: SeededNumbers
  private var pool: [Value] = []
  private var classes: Value

  /// The loss is made of the last `ends` values.
  package static func make(seed: UInt64, operations: Int, ends: Int = 4) -> Model {
    var random = RandomModel(seed: seed)
    random.addPorts()
    for _ in 0..<operations { random.addOperation() }
    random.finish(ends)
    return random.model
  }

  private init(seed: UInt64) {
    numbers = SeededNumbers(seed: seed)
    model = Model(name: "random\(seed)", graph: GraphBuilder())
    let shapes: [Shape] = [[], [3], [2, 4], [1, 5]]
    let shape = shapes[Int.random(in: 0..<shapes.count, using: &numbers)]
    let type = ValueType(shape, isBatched: true, element: .integer(classes: Int.random(in: 2...6, using: &numbers)))
    classes = model.graph.source(Argument(.target, 0), type)
    model.targets = [Port(name: "c", type: type, value: classes, range: nil)]
  }

  // MARK: Leaves

  private mutating func addPorts() {
    for index in 0..<Int.random(in: 1...2, using: &numbers) { addInput(index) }
    for _ in 0..<Int.random(in: 1...3, using: &numbers) { pool.append(parameter(shape())) }
    let classes = Int.random(in: 2...5, using: &numbers)
    let type = ValueType([], isBatched: true, element: .integer(classes: classes))
    let value = model.graph.source(Argument(.target, 1), type)
    model.targets.append(Port(name: "y", type: type, value: value, range: nil))
    pool.append(model.graph.oneHot(value, classes: classes, axis: 0))
  }

  private mutating func addInput(_ index: Int) {
    let type = ValueType(shape(), isBatched: true)
    let value = model.graph.source(Argument(.input, index), type)
    model.graph.name(value, "x\(index)")
    model.inputs.append(Port(name: "x\(index)", type: type, value: value, range: nil))
    pool.append(value)
  }

  private mutating func parameter(_ shape: Shape) -> Value {
    let index = model.parameters.count
    let value = model.graph.source(Argument(.parameter, index), ValueType(shape, isBatched: false))
    model.graph.name(value, "p\(index)")
    model.parameters.append(Parameter(name: "p\(index)", shape: shape, initial: .normal(0.5), value: value, range: nil))
    return value
  }

  private mutating func shape() -> Shape {
    Shape((0..<Int.random(in: 0...3, using: &numbers)).map { _ in [1, 2, 3, 4, 5, 7].randomElement(using: &numbers) ?? 1 })
  }

  // MARK: Operations

  private mutating func pick() -> Value { pool.randomElement(using: &numbers) ?? pool[0] }

  private mutating func addOperation() {
    let made: Value?
    switch Int.random(in: 0..<14, using: &numbers) {
    case 0, 1: made = unary()
    case 2, 3: made = binary()
    case 4: made = reduction()
    case 5: made = reshaped()
    case 6: made = transposed()
    case 7: made = sliced()
    case 8: made = placed()
    case 9: made = softmax()
    case 10: made = windowed()
    case 11: made = convolved()
    case 12: made = gathered()
    default: made = product()
    }
    guard let made, model.graph.shape(made).count <= 400 else { return }
    // Kept small, so that no chain of products overflows. What is put together from such values is, and may be a part itself.
    if case .place = model.graph.graph[made].operation.lowering {
      pool.append(made)
    } else {
      pool.append(model.graph.node(Tanh(), [made]))
    }
  }

  private mutating func unary() -> Value {
    let value = pick()
    switch Int.random(in: 0..<6, using: &numbers) {
    case 0: return model.graph.node(Sigmoid(), [value])
    case 1: return model.graph.node(Exp(), [value])
    case 2: return model.graph.node(Square(), [value])
    case 3: return model.graph.negate(value)
    case 4: return model.graph.add(value, model.graph.fill(0.25))
    default: return model.graph.node(Sin(), [value])
    }
  }

  private mutating func binary() -> Value? {
    let (a, b) = (pick(), pick())
    guard let wide = model.graph.shape(a).broadcast(with: model.graph.shape(b)), wide.count <= 400 else { return nil }
    switch Int.random(in: 0..<5, using: &numbers) {
    case 0: return model.graph.add(a, b)
    case 1: return model.graph.subtract(a, b)
    case 2: return model.graph.multiply(a, b)
    case 3: return model.graph.divide(a, model.graph.add(model.graph.node(Square(), [b]), model.graph.fill(1)))
    default: return model.graph.select(model.graph.node(Less(), [a, b]), a, b)
    }
  }

  private mutating func reduction() -> Value {
    let value = pick()
    let axes = model.graph.shape(value).dimensions.indices.filter { _ in Bool.random(using: &numbers) }
    let batch = Int.random(in: 0..<4, using: &numbers) == 0
    let kind: ReductionKind = Int.random(in: 0..<3, using: &numbers) == 0 ? .max : .sum
    let reduced = model.graph.reduce(kind, value, axes: axes, batch: batch && kind == .sum)
    return model.graph.multiply(reduced, model.graph.fill(0.5))
  }

  private mutating func reshaped() -> Value {
    let value = pick()
    var left = model.graph.shape(value).count
    var extents: [Int] = []
    for factor in [2, 3, 5, 7].shuffled(using: &numbers) where left % factor == 0 && Bool.random(using: &numbers) {
      extents.append(factor)
      left /= factor
    }
    return model.graph.reshape(value, to: Shape((extents + [left]).shuffled(using: &numbers)))
  }

  private mutating func transposed() -> Value {
    let value = pick()
    return model.graph.transpose(value, Array(0..<model.graph.shape(value).rank).shuffled(using: &numbers))
  }

  private mutating func sliced() -> Value {
    let value = pick()
    let (placement, sizes) = numbers.part(of: model.graph.shape(value))
    return model.graph.node(Slice(placement, sizes: sizes), [value])
  }

  /// Rows of something, or of a new parameter, by some of the class numbers. There may be fewer rows than classes.
  private mutating func gathered() -> Value? {
    var named = classes
    if Bool.random(using: &numbers) {
      let (placement, sizes) = numbers.part(of: model.graph.shape(named))
      named = model.graph.node(Slice(placement, sizes: sizes), [named])
    }
    let tables = pool.filter { !model.graph.type($0).isBatched && model.graph.shape($0).rank > 0 }
    let isOwn = Bool.random(using: &numbers)
    let table = isOwn ? nil : tables.randomElement(using: &numbers)
    let made = table ?? parameter(Shape([Int.random(in: 1...6, using: &numbers)] + shape().dimensions.prefix(2)))
    guard model.graph.shape(named).rank + model.graph.shape(made).rank <= 5 else { return nil }
    return model.graph.node(Gather(), [made, named])
  }

  /// The largest or the sum of windows, or what they are summed back to.
  private mutating func windowed() -> Value? {
    let value = pick()
    let shape = model.graph.shape(value)
    guard shape.rank > 0 else { return nil }
    let windows = (0..<Int.random(in: 1...min(shape.rank, 2), using: &numbers)).map { _ in numbers.window() }
    let extents = Array(shape.dimensions.suffix(windows.count))
    guard zip(windows, extents).allSatisfy({ $0.count($1) > 0 }) else { return nil }
    let seen = model.graph.windows(value, windows)
    if Bool.random(using: &numbers) { return model.graph.fold(model.graph.node(Sin(), [seen]), windows, extents: extents) }
    let axes = Array(model.graph.shape(seen).rank - windows.count..<model.graph.shape(seen).rank)
    return model.graph.reduce(Bool.random(using: &numbers) ? .max : .sum, seen, axes: axes)
  }

  /// A convolution over the last two axes with a kernel of parameters.
  private mutating func convolved() -> Value? {
    let value = pick()
    let shape = model.graph.shape(value)
    guard shape.rank >= 2 else { return nil }
    let windows = [numbers.window(), numbers.window()]
    let extents = Array(shape.dimensions.suffix(2))
    guard zip(windows, extents).allSatisfy({ $0.count($1) > 0 }) else { return nil }
    let channels = shape.dimensions.dropLast(2).reduce(1, *)
    let seen = model.graph.windows(model.graph.reshape(value, to: Shape([channels] + extents)), windows)
    let kernel = parameter(Shape([3, channels] + windows.map(\.size)))
    let made = Shape([3] + zip(windows, extents).map { $0.count($1) })
    let type = ValueType(made, isBatched: model.graph.type(value).isBatched)
    return model.graph.contract(seen, [1, 2, 3, 4, 5], kernel, [0, 1, 4, 5], to: [0, 2, 3], of: type)
  }

  /// A concatenation with something of the same type, or padding.
  private mutating func placed() -> Value? {
    let value = pick()
    let type = model.graph.type(value)
    guard type.shape.rank > 0 else { return nil }
    let axis = Int.random(in: 0..<type.shape.rank, using: &numbers)
    var wide = type.shape
    var second = [Int](repeating: 0, count: type.shape.rank)
    second[axis] = type.shape[axis]
    wide.dimensions[axis] *= 2
    if Bool.random(using: &numbers) {
      return model.graph.node(Place(offsets: [second.map { $0 / 2 }], shape: wide), [value])
    }
    let alike = pool.filter { model.graph.type($0) == type }
    let known = alike.randomElement(using: &numbers) ?? value
    let other = Bool.random(using: &numbers) ? known : model.graph.node(Sigmoid(), [known])
    return model.graph.node(Place(offsets: [[Int](repeating: 0, count: type.shape.rank), second], shape: wide), [value, other])
  }

  private mutating func softmax() -> Value? {
    let value = pick()
    let rank = model.graph.shape(value).rank
    guard rank > 0 else { return nil }
    return model.graph.softmax(value, axes: [Int.random(in: 0..<rank, using: &numbers)])
  }

  /// A product with a new parameter, or of two values whose extents happen to fit.
  private mutating func product() -> Value? {
    let a = pick()
    let shape = model.graph.shape(a)
    guard let width = shape.dimensions.last else { return nil }
    let fitting = pool.filter { model.graph.shape($0).rank >= 1 && model.graph.shape($0).dimensions.first == width && $0 != a }
    let labels = Array(0..<shape.rank)
    if let b = fitting.randomElement(using: &numbers), Bool.random(using: &numbers) {
      let other = model.graph.shape(b)
      let otherLabels = [shape.rank - 1] + (0..<(other.rank - 1)).map { 20 + $0 }
      let output = Array(labels.dropLast()) + Array(otherLabels.dropFirst())
      let result = Shape(shape.dimensions.dropLast() + other.dimensions.dropFirst())
      guard result.count <= 400, result.rank <= 4 else { return nil }
      let type = ValueType(result, isBatched: model.graph.type(a).isBatched || model.graph.type(b).isBatched)
      return model.graph.contract(a, labels, b, otherLabels, to: output, of: type)
    }
    let units = Int.random(in: 1...6, using: &numbers)
    let weight = parameter(Shape([units, width]))
    let type = ValueType(Shape(shape.dimensions.dropLast() + [units]), isBatched: model.graph.type(a).isBatched)
    return model.graph.contract(a, labels, weight, [20, shape.rank - 1], to: Array(labels.dropLast()) + [20], of: type)
  }

  // MARK: The loss

  private mutating func finish(_ ends: Int) {
    var total = model.graph.fill(0)
    for value in pool.suffix(ends) {
      let axes = Array(0..<model.graph.shape(value).rank)
      let scale = model.graph.fill(1 / Double(model.graph.shape(value).count))
      total = model.graph.add(total, model.graph.multiply(model.graph.reduce(.sum, value, axes: axes), scale))
    }
    model.losses = [Loss(name: "loss", value: total, trains: nil, range: nil)]
    for (index, value) in pool.suffix(3).enumerated() {
      model.outputs.append(NamedValue(name: "out\(index)", value: value, range: nil))
    }
  }
}
