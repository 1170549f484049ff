import NNGraph

/// Convolutions and pools: images lie with their channels side by side.
extension Quantizer {
  /// An image whose channels are next to each other, as it is or as a copy.
  private mutating func image(_ tensor: ByteTensor, _ shape: Shape, _ stage: Stage) -> ByteTensor {
    let strides = tensor.strides
    let isFit = (0..<3).allSatisfy { strides.single($0) != nil } && (shape[0] == 1 || strides.single(0)?.stride == 1)
    return isFit ? tensor : rearranged(tensor, shape, order: [1, 2, 0], stage)
  }

  /// The same with zeros around it.
  private mutating func padded(_ tensor: ByteTensor, _ shape: Shape, _ windows: [Window], _ stage: Stage) -> ByteTensor {
    guard windows.contains(where: \.isPadded) else { return tensor }
    let (channels, width) = (shape[0], windows[1].before + shape[2] + windows[1].after)
    let count = channels * width * (windows[0].before + shape[1] + windows[0].after)
    let steps = [1, width * channels, channels]
    let copy = buffer(count)
    let axes = [1, 2, 0].filter { shape[$0] != 1 }.map { axis in
      MoveLayer.Axis(extent: shape[axis], x: tensor.strides.single(axis)?.stride ?? 0, y: steps[axis])
    }
    let start = (windows[0].before * width + windows[1].before) * channels
    append(
      .move(MoveLayer(axes, fill: (count, UInt8(tensor.scale.zero)))),
      [Location(buffer: tensor.buffer, offset: tensor.strides.offset)], to: Location(buffer: copy, offset: start), stage)
    return ByteTensor(buffer: copy, strides: Strides(shape, steps: steps), scale: tensor.scale)
  }

  private func step(_ tensor: ByteTensor, _ axis: Int) -> Int { tensor.strides.single(axis)?.stride ?? 0 }

  // MARK: Convolutions

  mutating func addConvolution(_ given: ByteTensor, _ form: Convolution, _ stage: Stage) {
    let (shape, result) = (shape(stage.operands[0]), shape(stage.pointwise.base))
    let tensor = padded(image(given, shape, stage), shape, form.windows, stage)
    let channels = shape[0] / form.groups
    let isChannelwise = channels == 1 && form.groups == result[0] && form.groups > 1
    let weights = Self.reordered(numbers(form.weight), outputs: result[0], channels: channels, form.windows)
    let scalings = function(stage).scalings(along: [0])
    let bias = form.bias.map { numbers($0) } ?? []
    let sums = quantized(weights, bias: bias, scalings: scalings, zero: tensor.scale, stage)
    if isChannelwise {
      addChannelwise(tensor, form, sums, result, stage)
    } else {
      let layers = (0..<form.groups).map { group in
        let outputs = result[0] / form.groups
        let layer = product(tensor, form, sums, result, channels: channels, outputs: (group * outputs)..<((group + 1) * outputs))
        return (layer, group * channels, group * outputs * (stage.isReal ? 4 : 1))
      }
      write(layers, tensor, places: result[1] * result[2], Strides.channelsLast(result), result[0], sums.scale, stage)
    }
  }

  /// From [outputs, channels, height, width] to [outputs, height, width, channels].
  private static func reordered(_ weights: [Double], outputs: Int, channels: Int, _ windows: [Window]) -> [Double] {
    let size = windows[0].size * windows[1].size
    var result: [Double] = []
    result.reserveCapacity(weights.count)
    for output in 0..<outputs {
      for tap in 0..<size {
        for channel in 0..<channels { result.append(weights[(output * channels + channel) * size + tap]) }
      }
    }
    return result
  }

  private func product(
    _ tensor: ByteTensor, _ form: Convolution, _ sums: QuantizedSums, _ result: Shape, channels: Int, outputs: Range<Int>
  ) -> ProductLayer {
    let (row, column) = (step(tensor, 1), step(tensor, 2))
    let (high, wide) = (form.windows[0], form.windows[1])
    // A row of a window is one run where its pixels are next to each other and all of their channels count.
    let isRun = wide.size == 1 || (form.groups == 1 && wide.dilation == 1 && column == channels)
    let depth = high.size * wide.size * channels
    return ProductLayer(
      rows: result[1], columns: result[2], xRow: row * high.stride, xColumn: column * wide.stride, yRow: result[2] * result[0],
      yColumn: result[0], high: high.size, highStep: row * high.dilation, wide: isRun ? 1 : wide.size,
      wideStep: isRun ? 0 : column * wide.dilation, run: isRun ? wide.size * channels : channels, outputs: outputs.count,
      weights: Array(sums.weights[(outputs.lowerBound * depth)..<(outputs.upperBound * depth)]), bias: Array(sums.bias[outputs]),
      finish: sums.finish.part(outputs))
  }

  private mutating func addChannelwise(_ tensor: ByteTensor, _ form: Convolution, _ sums: QuantizedSums, _ result: Shape, _ stage: Stage) {
    let (row, column) = (step(tensor, 1), step(tensor, 2))
    let (high, wide) = (form.windows[0], form.windows[1])
    let taps = high.size * wide.size
    let weights = (0..<taps).flatMap { tap in (0..<result[0]).map { sums.weights[$0 * taps + tap] } }
    let layer = ChannelwiseLayer(
      rows: result[1], columns: result[2], xRow: row * high.stride, xColumn: column * wide.stride, high: high.size,
      highStep: row * high.dilation, wide: wide.size, wideStep: column * wide.dilation, channels: result[0], weights: weights,
      bias: sums.bias, finish: sums.finish)
    let bytes = buffer(result.count * (stage.isReal ? 4 : 1))
    append(
      .channelwise(layer), [Location(buffer: tensor.buffer, offset: tensor.strides.offset)], to: Location(buffer: bytes), stage)
    finish(stage, bytes, Strides.channelsLast(result), sums.scale)
  }

  // MARK: Pools

  mutating func addPool(_ given: ByteTensor, _ pool: Pool, _ stage: Stage) {
    let shape = shape(stage.operands[0])
    let tensor = image(given, shape, stage)
    let counts = zip(pool.windows, shape.dimensions.suffix(2)).map { $0.count($1) }
    let windows = zip(zip(pool.windows, counts), shape.dimensions.suffix(2)).map { known, extent in
      PoolLayer.PoolWindow(
        extent: extent, count: known.1, size: known.0.size, stride: known.0.stride, dilation: known.0.dilation, before: known.0.before)
    }
    var layer = PoolLayer(
      windows: windows, channels: shape[0], xRow: step(tensor, 1), xColumn: step(tensor, 2), outside: nil, bias: 0, finish: nil)
    var scale = tensor.scale
    if pool.isMean {
      let size = windows[0].size * windows[1].size
      layer.outside = UInt8(scale.zero)
      layer.bias = Int32(-size * scale.zero)
      let factor = scale.step / Double(size)
      if stage.isReal {
        layer.finish = .reals([Float(factor)])
      } else {
        scale = self.scale(stage)
        layer.finish = .bytes(Requantization([factor / scale.step], zero: scale.zero), table: nil)
      }
    }
    let places = Shape([shape[0]] + counts)
    let bytes = buffer(places.count * (stage.isReal ? 4 : 1))
    append(.pool(layer), [Location(buffer: tensor.buffer, offset: tensor.strides.offset)], to: Location(buffer: bytes), stage)
    // The mean over all of an image has no other axes left.
    let strides = Strides.channelsLast(places)
    let rank = self.shape(stage.pointwise.base).rank
    finish(stage, bytes, rank == 1 ? Strides(axes: [strides.axes[0]]) : strides, scale)
  }
}

extension Finish {
  /// Of some of the outputs.
  fileprivate func part(_ outputs: Range<Int>) -> Finish {
    switch self {
    case .reals(let steps): return .reals(Array(steps[outputs]))
    case .bytes(var requantization, let table):
      requantization.multipliers = Array(requantization.multipliers[outputs])
      return .bytes(requantization, table: table)
    }
  }
}
