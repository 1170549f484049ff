import NNGraph

extension Quantizer {
  mutating func addDense(_ given: ByteTensor, _ form: DenseForm, _ stage: Stage) {
    let shape = stage.kind.operands.first.map { self.shape($0) } ?? .scalar
    let summed = form.x.indices.filter { form.w.contains(form.x[$0]) }
    let kept = form.x.indices.filter { !form.w.contains(form.x[$0]) }
    let tensor = arranged(given, shape, summed: summed, kept: kept, stage)
    let places = tensor.strides.factors(of: kept)
    let order = tensor.strides.offsets(of: summed)
    let outer = form.output.indices.filter { form.w.contains(form.output[$0]) }
    let table = denseWeights(form, summed: summed, outer: outer, order: order)
    let outputs = table.count / max(order.count, 1)
    var product = ProductLayer(
      rows: places.count > 1 ? places[0].extent : 1, columns: places.last?.extent ?? 1, xRow: places.count > 1 ? places[0].stride : 0,
      xColumn: places.last?.stride ?? 0, yRow: 0, yColumn: outputs, high: 1, highStep: 0, wide: 1, wideStep: 0, run: order.count,
      outputs: outputs, weights: [], bias: [], finish: .reals([]))
    product.yRow = product.columns * outputs
    let scalings = function(stage).scalings(along: outer)
    let sums = quantized(table, bias: [], scalings: scalings, zero: tensor.scale, stage)
    product.weights = sums.weights
    product.bias = sums.bias
    product.finish = sums.finish
    let strides = denseResult(form, shape, kept: kept, outer: outer, outputs: outputs, of: stage.pointwise.base)
    write([(product, 0, 0)], tensor, places: product.rows * product.columns, strides, outputs, sums.scale, stage)
  }

  /// With everything that is summed in one run, and all else in at most two.
  private mutating func arranged(_ tensor: ByteTensor, _ shape: Shape, summed: [Int], kept: [Int], _ stage: Stage) -> ByteTensor {
    let order = tensor.strides.offsets(of: summed)
    let isRun = order.sorted() == Array(0..<order.count)
    if isRun, tensor.strides.factors(of: kept).count <= 2 { return tensor }
    return rearranged(tensor, shape, order: kept + summed, stage)
  }

  /// [outputs, bytes of the run].
  private func denseWeights(_ form: DenseForm, summed: [Int], outer: [Int], order: [Int]) -> [Double] {
    let weight = shape(form.weight)
    let numbers = numbers(form.weight)
    let strides = Strides(weight)
    func axes(_ labels: [Int]) -> [Int] { labels.compactMap { form.w.firstIndex(of: $0) } }
    let rows = strides.offsets(of: axes(outer.map { form.output[$0] }))
    let columns = strides.offsets(of: axes(summed.map { form.x[$0] }))
    var result = [Double](repeating: 0, count: rows.count * columns.count)
    for (output, row) in rows.enumerated() {
      for (place, column) in zip(order, columns) { result[output * order.count + place] = numbers[row + column] }
    }
    return result
  }

  func numbers(_ value: Value) -> [Double] {
    calibration.numbers[value] ?? [Double](repeating: graph.constant(value) ?? 0, count: shape(value).count)
  }

  /// Places in the order of the axes that stay, the outputs of each side by side.
  private func denseResult(_ form: DenseForm, _ x: Shape, kept: [Int], outer: [Int], outputs: Int, of value: Value) -> Strides {
    let result = shape(value)
    var axes = [[Strides.Factor]](repeating: [], count: result.rank)
    func lay(_ list: [(axis: Int, extent: Int)], step: Int) {
      var step = step
      for (axis, extent) in list.reversed() {
        if extent != 1 { axes[axis] = [Strides.Factor(extent: extent, stride: step)] }
        step *= extent
      }
    }
    lay(outer.map { ($0, result[$0]) }, step: 1)
    lay(kept.compactMap { axis in form.output.firstIndex(of: form.x[axis]).map { ($0, x[axis]) } }, step: outputs)
    return Strides(axes: axes)
  }

  /// Appends products that share a result: bytes or reals.
  mutating func write(
    _ products: [(layer: ProductLayer, x: Int, y: Int)], _ tensor: ByteTensor, places: Int, _ strides: Strides, _ outputs: Int,
    _ scale: Scale?, _ stage: Stage
  ) {
    let result = buffer(places * outputs * (stage.isReal ? 4 : 1))
    for (layer, x, y) in products {
      append(
        .product(layer), [Location(buffer: tensor.buffer, offset: tensor.strides.offset + x)], to: Location(buffer: result, offset: y),
        stage)
    }
    finish(stage, result, strides, scale)
  }

  /// Notes where a stage's result is. Floats that go on with one know its order.
  mutating func finish(_ stage: Stage, _ result: Int, _ strides: Strides, _ scale: Scale?) {
    if stage.isReal { setReals(stage, result, strides) } else { set(stage, result, strides, scale ?? Scale(0...0)) }
  }

  // MARK: Numbers

  struct QuantizedSums {
    var weights: [Int8]
    var bias: [Int32]
    var finish: Finish
    /// Of the bytes that come out.
    var scale: Scale?
  }

  /// Weights as bytes, each output with a scale of its own, and what becomes of its sum.
  ///
  /// - Parameters:
  ///   - weights: [outputs, terms].
  ///   - scalings: what follows for each output.
  ///   - zero: of what is read.
  func quantized(
    _ weights: [Double], bias: [Double], scalings: [(scale: Double, shift: Double)], zero x: Scale, _ stage: Stage
  ) -> QuantizedSums {
    let depth = weights.count / max(scalings.count, 1)
    var result = QuantizedSums(weights: [], bias: [], finish: .reals([]), scale: nil)
    result.weights.reserveCapacity(weights.count)
    var steps: [Double] = []
    for (output, scaling) in scalings.enumerated() {
      let row = weights[(output * depth)..<((output + 1) * depth)].map { $0 * scaling.scale }
      let constant = (bias.isEmpty ? 0 : bias[output]) * scaling.scale + scaling.shift
      let channel = QuantizedChannel(row, bias: constant, x)
      result.weights += channel.weights
      result.bias.append(channel.bias)
      steps.append(channel.step * x.step)
    }
    if stage.isReal {
      result.finish = .reals(steps.map { Float($0) })
    } else {
      let scale = scale(stage)
      let (before, table) = function(stage).table(to: scale)
      result.finish = .bytes(Requantization(steps.map { $0 / before.step }, zero: before.zero), table: table)
      result.scale = scale
    }
    return result
  }
}

/// The weights of one output as bytes.
struct QuantizedChannel {
  var weights: [Int8] = []
  /// In units of `step` times that of what is read, whose zero is taken off.
  var bias: Int32 = 0
  var step: Double

  init(_ row: [Double], bias constant: Double, _ x: Scale) {
    let largest = row.lazy.map(\.magnitude).max() ?? 0
    // A bias far larger than all products has a coarse scale: it needs room in 32 bits.
    step = max(largest / 127, constant.magnitude / x.step / Double(1 << 29))
    guard step.isNormal else {
      // Its sums are 0 whatever is read: no factor of its own keeps bits from the other outputs.
      (weights, step) = ([Int8](repeating: 0, count: row.count), 0)
      return
    }
    while true {
      let step = step
      weights = row.map { Int8(min(max(($0 / step).rounded(), -127), 127)) }
      let sum = weights.reduce(0) { $0 + Int($1) }
      let most = weights.reduce(0) { $0 + Int($1.magnitude) }
      let whole = (constant / (step * x.step)).rounded()
      let shifted = whole - Double(x.zero * sum)
      if shifted.magnitude + Double(255 * most) < Double(Int32.max) {
        bias = Int32(shifted)
        return
      }
      self.step = step * 2
    }
  }
}
