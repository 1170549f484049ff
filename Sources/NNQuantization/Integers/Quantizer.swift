import NNGraph
import NNSource

/// A value of the network as bytes in memory.
struct ByteTensor {
  var buffer: Int
  var strides: Strides
  var scale: Scale
}

/// Makes integer layers of a network's stages.
struct Quantizer {
  let graph: GraphBuilder
  let calibration: Calibration
  private(set) var layers: [IntegerLayer] = []
  /// Bytes.
  private(set) var buffers: [Int] = []
  private(set) var tensors: [Value: ByteTensor] = [:]
  /// Where each value is that floats go on with: its buffer, and its elements in there.
  private(set) var reals: [Value: (buffer: Int, strides: Strides)] = [:]
  private let roots: (Value) -> Value
  /// Where a value is only part of another one, the other one.
  private let wholes: [Value: Value]
  private var stage: Stage

  /// - Parameter roots: the values themselves, behind what makes no difference in use.
  init?(_ stages: [Stage], _ graph: GraphBuilder, _ calibration: Calibration, roots: @escaping (Value) -> Value) {
    guard let first = stages.first else { return nil }
    self.graph = graph
    self.calibration = calibration
    self.roots = roots
    stage = first
    wholes = Self.wholes(stages, roots)
    for next in stages {
      stage = next
      add()
    }
  }

  /// Parts that nobody else reads have the scale of what they are put into, so that they are copied as they are.
  private static func wholes(_ stages: [Stage], _ root: (Value) -> Value) -> [Value: Value] {
    var readers: [Value: Int] = [:]
    for operand in stages.flatMap(\.operands) { readers[root(operand), default: 0] += 1 }
    var wholes: [Value: Value] = [:]
    for stage in stages {
      guard case .place(let parts, _) = stage.kind else { continue }
      for part in parts.map(root) where readers[part] == 1 { wholes[part] = stage.result }
    }
    return wholes
  }

  private mutating func add() {
    switch stage.kind {
    case .input(let index): addInput(index, stage)
    case .dense(let x, let form): addDense(tensor(x), form, stage)
    case .convolution(let x, let form): addConvolution(tensor(x), form, stage)
    case .pool(let x, let pool): addPool(tensor(x), pool, stage)
    case .sum(let a, let b, let sign): addSum(tensor(a), tensor(b), sign: sign, stage)
    case .view(let x): addView(tensor(x), of: x, stage)
    case .place(let parts, let placements): addParts(parts.map { ($0, tensor($0)) }, placements, stage)
    case .same(let x) where stage.isReal: addReals(tensor(x), stage)
    case .same(let x): addScaling(tensor(x), stage)
    }
  }

  // MARK: What stages share

  func tensor(_ value: Value) -> ByteTensor {
    guard let tensor = tensors[roots(value)] else { preconditionFailure("internal: a value is read before it is computed") }
    return tensor
  }

  /// Of a stage's result.
  func scale(_ stage: Stage) -> Scale {
    var value = stage.result
    while let whole = wholes[value] { value = whole }
    return Scale(calibration.ranges[value] ?? 0...0)
  }

  func function(_ stage: Stage) -> ScaledFunction { ScaledFunction(stage.pointwise, graph, calibration) }

  func shape(_ value: Value) -> Shape { graph.shape(value) }

  /// Products read up to three bytes behind their last run.
  mutating func buffer(_ bytes: Int) -> Int {
    buffers.append(bytes + 4)
    return buffers.count - 1
  }

  mutating func append(_ kind: IntegerLayer.Kind, _ x: [Location], to y: Location, _ stage: Stage) {
    let node = graph.graph[stage.result]
    let name = node.name ?? graph.graph[stage.pointwise.base].name ?? Swift.type(of: node.operation).mnemonic
    layers.append(IntegerLayer(kind: kind, x: x, y: y, name: name, range: graph.graph[stage.pointwise.base].range ?? node.range))
  }

  mutating func set(_ stage: Stage, _ buffer: Int, _ strides: Strides, _ scale: Scale) {
    tensors[stage.result] = ByteTensor(buffer: buffer, strides: strides, scale: scale)
  }

  mutating func setReals(_ stage: Stage, _ buffer: Int, _ strides: Strides) { reals[stage.result] = (buffer, strides) }

  /// A copy whose axes lie in this order, the last one innermost.
  mutating func rearranged(_ tensor: ByteTensor, _ shape: Shape, order: [Int], _ stage: Stage) -> ByteTensor {
    let inner = Shape(order.map { shape[$0] }).strides
    var axes = [[Strides.Factor]](repeating: [], count: shape.rank)
    var moved: [MoveLayer.Axis] = []
    for (axis, stride) in zip(order, inner) where shape[axis] != 1 {
      axes[axis] = [Strides.Factor(extent: shape[axis], stride: stride)]
      var rest = shape[axis]
      for factor in tensor.strides.factors(of: [axis]) {
        rest /= factor.extent
        moved.append(MoveLayer.Axis(extent: factor.extent, x: factor.stride, y: stride * rest))
      }
    }
    let copy = buffer(shape.count)
    let layer = MoveLayer(moved)
    append(.move(layer), [Location(buffer: tensor.buffer, offset: tensor.strides.offset)], to: Location(buffer: copy), stage)
    return ByteTensor(buffer: copy, strides: Strides(axes: axes), scale: tensor.scale)
  }
}
