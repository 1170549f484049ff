import NNGraph

/// Inputs, sums, views and what is elementwise by itself.
extension Quantizer {
  mutating func addInput(_ index: Int, _ stage: Stage) {
    let shape = shape(stage.pointwise.base)
    let isImage = shape.rank == 3
    let (channels, places) = isImage ? (shape[0], shape[1] * shape[2]) : (1, shape.count)
    let function = function(stage)
    let scale = scale(stage)
    let (before, table) = function.table(to: scale)
    let all = Array(0..<shape.rank)
    var scalings = function.hasSteps ? function.scalings(along: all) : [(1, 0)]
    if isImage { scalings = Self.narrowed(scalings, places) }
    scalings = Self.narrowed(scalings, scalings.count)
    let layer = InputLayer(
      input: index, channels: channels, places: places, scales: scalings.map { Float($0.scale / before.step) },
      shifts: scalings.map { Float($0.shift / before.step + Double(before.zero) + 0.5) }, table: table)
    let bytes = buffer(shape.count)
    append(.input(layer), [], to: Location(buffer: bytes), stage)
    set(stage, bytes, isImage ? Strides.channelsLast(shape) : Strides(shape), scale)
  }

  /// One of each `run`, where all in a run are the same.
  private static func narrowed(_ scalings: [(scale: Double, shift: Double)], _ run: Int) -> [(scale: Double, shift: Double)] {
    guard run > 1, scalings.count % run == 0 else { return scalings }
    let isSame = scalings.indices.allSatisfy { scalings[$0] == scalings[$0 / run * run] }
    return isSame ? stride(from: 0, to: scalings.count, by: run).map { scalings[$0] } : scalings
  }

  // MARK: Sums

  mutating func addSum(_ a: ByteTensor, _ b: ByteTensor, sign: Double, _ stage: Stage) {
    let shape = shape(stage.pointwise.base)
    let first = packed(a, shape, stage)
    // The same order as the other's.
    let second = b.strides.axes == first.strides.axes ? b : rearranged(b, shape, order: order(first), stage)
    let scale = scale(stage)
    let (before, table) = function(stage).table(to: scale)
    let factors = Self.held([a.scale.step / before.step, sign * b.scale.step / before.step])
    let shift = Self.shift(factors)
    let power = Double(1 << shift)
    let (m, n) = (Int32((factors[0] * power).rounded()), Int32((factors[1] * power).rounded()))
    let offset = before.zero << shift + (shift > 0 ? 1 << (shift - 1) : 0) - Int(m) * a.scale.zero - Int(n) * b.scale.zero
    let layer = SumLayer(count: shape.count, first: m, second: n, offset: Int32(offset), shift: shift, table: table)
    let bytes = buffer(shape.count)
    let places = [first, second].map { Location(buffer: $0.buffer, offset: $0.strides.offset) }
    append(.sum(layer), places, to: Location(buffer: bytes), stage)
    set(stage, bytes, Strides(axes: first.strides.axes), scale)
  }

  /// Operands that nearly cancel have steps far wider than all bytes of the result: then only the side counts that a sum goes to, and smaller factors in
  /// the same proportion tell it as well.
  private static func held(_ factors: [Double]) -> [Double] {
    let excess = (factors.lazy.map(\.magnitude).max() ?? 0) / Double(1 << 20)
    return excess > 1 ? factors.map { $0 / excess } : factors
  }

  /// Multipliers of 21 bits: sums of two of them times bytes, and zero, fit into 32.
  private static func shift(_ factors: [Double]) -> Int {
    let largest = factors.lazy.map(\.magnitude).max() ?? 0
    guard largest.isNormal else { return 0 }
    return min(max(20 - Int(largest.exponent), 0), 21)
  }

  /// One run of bytes, in whatever order.
  private mutating func packed(_ tensor: ByteTensor, _ shape: Shape, _ stage: Stage) -> ByteTensor {
    let covers = tensor.strides.offsets(of: tensor.strides.axes.indices).sorted() == Array(0..<shape.count)
    let isPlain = tensor.strides.axes.allSatisfy { $0.count <= 1 }
    return covers && isPlain ? tensor : rearranged(tensor, shape, order: Array(shape.dimensions.indices), stage)
  }

  /// Axes from the outermost to the innermost in memory.
  private func order(_ tensor: ByteTensor) -> [Int] {
    tensor.strides.axes.indices.sorted { (tensor.strides.axes[$0].first?.stride ?? 0) > (tensor.strides.axes[$1].first?.stride ?? 0) }
  }

  // MARK: Views

  mutating func addView(_ given: ByteTensor, of x: Value, _ stage: Stage) {
    let from = shape(x)
    var tensor = given
    var strides = viewed(tensor, from, stage)
    if strides == nil {
      tensor = rearranged(tensor, from, order: Array(from.dimensions.indices), stage)
      strides = viewed(tensor, from, stage)
    }
    guard let strides else { preconditionFailure("internal: a view of bytes in order cannot be said") }
    set(stage, tensor.buffer, strides, tensor.scale)
  }

  private func viewed(_ tensor: ByteTensor, _ from: Shape, _ stage: Stage) -> Strides? {
    let node = graph.graph[stage.result]
    if case .view(let view) = node.operation.lowering {
      return tensor.strides.viewed(view.resolved(node, input: from), from: from, to: node.type.shape)
    }
    return tensor.strides.reshaped(to: node.type.shape)
  }

  mutating func addParts(_ parts: [(value: Value, tensor: ByteTensor)], _ placements: [Placement], _ stage: Stage) {
    let shape = shape(stage.pointwise.base)
    let order = shape.rank == 3 ? [1, 2, 0] : Array(shape.dimensions.indices)
    var steps = [Int](repeating: 0, count: shape.rank)
    for (axis, step) in zip(order, Shape(order.map { shape[$0] }).strides) { steps[axis] = step }
    let scale = scale(stage)
    let bytes = buffer(shape.count)
    let isFull = parts.reduce(0) { $0 + self.shape($1.value).count } == shape.count
    for (index, (part, placement)) in zip(parts, placements).enumerated() {
      var axes: [MoveLayer.Axis] = []
      for axis in order {
        var rest = self.shape(part.value)[axis]
        for factor in part.tensor.strides.factors(of: [axis]) {
          rest /= factor.extent
          axes.append(MoveLayer.Axis(extent: factor.extent, x: factor.stride, y: steps[axis] * rest))
        }
      }
      let own = part.tensor.scale
      let layer = MoveLayer(
        axes, table: own == scale ? nil : (0..<256).map { scale.byte(own.real(UInt8($0))) },
        fill: index == 0 && !isFull ? (shape.count, UInt8(scale.zero)) : nil)
      let start = zip(placement.starts, steps).reduce(0) { $0 + $1.0 * $1.1 }
      append(
        .move(layer), [Location(buffer: part.tensor.buffer, offset: part.tensor.strides.offset)],
        to: Location(buffer: bytes, offset: start), stage)
    }
    set(stage, bytes, Strides(shape, steps: steps), scale)
  }

  // MARK: By itself

  mutating func addReals(_ tensor: ByteTensor, _ stage: Stage) {
    let shape = shape(stage.result)
    let layer = RealsLayer(
      axes: rowMajor(tensor, shape), zero: tensor.scale.zero, step: Float(tensor.scale.step))
    let reals = buffer(4 * shape.count)
    append(.reals(layer), [Location(buffer: tensor.buffer, offset: tensor.strides.offset)], to: Location(buffer: reals), stage)
    setReals(stage, reals, Strides(shape))
  }

  private func rowMajor(_ tensor: ByteTensor, _ shape: Shape) -> [MoveLayer.Axis] {
    var rest = shape.count
    return tensor.strides.factors.map { factor in
      rest /= factor.extent
      return MoveLayer.Axis(extent: factor.extent, x: factor.stride, y: rest)
    }
  }

  /// One function for all elements is a table; scales of their own make each channel, or each element, a sum of one term.
  mutating func addScaling(_ given: ByteTensor, _ stage: Stage) {
    let shape = shape(stage.pointwise.base)
    let tensor = packed(given, shape, stage)
    let function = function(stage)
    let scale = scale(stage)
    let (before, outer) = function.table(to: scale)
    let axis = order(tensor).last { shape[$0] != 1 }
    let byChannel = axis.flatMap { uniform(function, shape, besides: $0) }
    if let one = function.hasSteps ? byChannel?.one : (1, 0) {
      let table = (0..<256).map { byte in
        let x = before.byte(tensor.scale.real(UInt8(byte)) * one.0 + one.1)
        return outer?[Int(x)] ?? x
      }
      addTable(table, tensor, shape, scale, stage)
      return
    }
    let inOrder = order(tensor).filter { shape[$0] != 1 }
    let axes = byChannel == nil ? inOrder : [axis].compactMap { $0 }
    let scalings = byChannel?.all ?? function.scalings(along: axes)
    let sums = quantized([Double](repeating: 1, count: scalings.count), bias: [], scalings: scalings, zero: tensor.scale, stage)
    let layer = ChannelwiseLayer(
      rows: 1, columns: shape.count / scalings.count, xRow: 0, xColumn: scalings.count, high: 1, highStep: 0, wide: 1, wideStep: 0,
      channels: scalings.count, weights: sums.weights, bias: sums.bias, finish: sums.finish)
    let bytes = buffer(shape.count)
    append(.channelwise(layer), [Location(buffer: tensor.buffer, offset: tensor.strides.offset)], to: Location(buffer: bytes), stage)
    set(stage, bytes, Strides(axes: tensor.strides.axes), scale)
  }

  private mutating func addTable(_ table: [UInt8], _ tensor: ByteTensor, _ shape: Shape, _ scale: Scale, _ stage: Stage) {
    let bytes = buffer(shape.count)
    append(
      .move(MoveLayer([MoveLayer.Axis(extent: shape.count, x: 1, y: 1)], table: table)),
      [Location(buffer: tensor.buffer, offset: tensor.strides.offset)],
      to: Location(buffer: bytes), stage)
    set(stage, bytes, Strides(axes: tensor.strides.axes), scale)
  }

  /// Scales and shifts along one axis where they are the same along all others; the one of all, if there is only one.
  private func uniform(
    _ function: ScaledFunction, _ shape: Shape, besides axis: Int
  ) -> (all: [(scale: Double, shift: Double)], one: (Double, Double)?)? {
    let own = function.scalings(along: [axis])
    let all = function.scalings(along: Array(shape.dimensions.indices))
    let stride = shape.strides[axis]
    guard all.indices.allSatisfy({ all[$0] == own[$0 / stride % shape[axis]] }) else { return nil }
    let isOne = own.dropFirst().allSatisfy { $0 == own[0] }
    return (own, isOne ? own.first.map { ($0.scale, $0.shift) } : nil)
  }
}
