import NNGraph

/// Where the elements of a tensor lie among bytes. An axis may be several runs in memory, as after a change of shape: it is then written as several factors.
struct Strides: Hashable {
  struct Factor: Hashable {
    var extent: Int
    var stride: Int
  }

  /// By axis, outermost factor first. Axes of one element have none.
  var axes: [[Factor]]
  var offset = 0

  /// Row-major.
  init(_ shape: Shape) { self.init(shape, steps: shape.strides) }

  /// By how far apart the elements along each axis are.
  init(_ shape: Shape, steps: [Int]) {
    axes = zip(shape.dimensions, steps).map { $0 == 1 ? [] : [Factor(extent: $0, stride: $1)] }
  }

  /// Of an image: channels next to each other, pixel after pixel.
  static func channelsLast(_ shape: Shape) -> Strides { Strides(shape, steps: [1, shape[2] * shape[0], shape[0]]) }

  init(axes: [[Factor]], offset: Int = 0) {
    self.axes = axes
    self.offset = offset
  }

  /// The factors of several axes, those that are one run taken together.
  func factors(of indices: some Sequence<Int>) -> [Factor] {
    var result: [Factor] = []
    for factor in indices.flatMap({ axes[$0] }) where factor.extent != 1 {
      if let last = result.last, last.stride == factor.stride * factor.extent {
        result[result.count - 1] = Factor(extent: last.extent * factor.extent, stride: factor.stride)
      } else {
        result.append(factor)
      }
    }
    return result
  }

  var factors: [Factor] { factors(of: axes.indices) }

  /// Where the elements of some axes lie, in row-major order.
  func offsets(of indices: some Sequence<Int>) -> [Int] { Self.offsets(factors(of: indices)) }

  static func offsets(_ factors: [Factor]) -> [Int] {
    factors.reduce([0]) { places, factor in places.flatMap { place in (0..<factor.extent).map { place + $0 * factor.stride } } }
  }

  /// The one run that an axis is, if it is one.
  func single(_ axis: Int) -> Factor? {
    let factors = factors(of: [axis])
    return factors.count > 1 ? nil : factors.first ?? Factor(extent: 1, stride: 0)
  }

  // MARK: Views

  /// Under another shape; nil where that would need other bytes.
  func reshaped(to shape: Shape) -> Strides? {
    var pending = factors[...]
    var result: [[Factor]] = []
    for extent in shape.dimensions {
      var axis: [Factor] = []
      var rest = extent
      while rest > 1 {
        guard let factor = pending.popFirst() else { return nil }
        if rest % factor.extent == 0 {
          axis.append(factor)
          rest /= factor.extent
        } else if factor.extent % rest == 0 {
          let inner = factor.extent / rest
          axis.append(Factor(extent: rest, stride: factor.stride * inner))
          pending = [Factor(extent: inner, stride: factor.stride)] + pending
          rest = 1
        } else {
          return nil
        }
      }
      result.append(axis)
    }
    return Strides(axes: result, offset: offset)
  }

  /// Through a strided view; nil where that would need other bytes.
  func viewed(_ view: StridedView, from: Shape, to shape: Shape) -> Strides? {
    var result = Strides(axes: [], offset: offset)
    for (axis, start) in view.starts.enumerated() where start != 0 {
      guard let factor = single(axis) else { return nil }
      result.offset += start * factor.stride
    }
    for (axis, source) in view.sources.enumerated() {
      let extent = shape[axis]
      guard let source else {
        result.axes.append([Factor(extent: extent, stride: 0)])
        continue
      }
      if extent == from[source], view.steps[axis] == 1 {
        result.axes.append(axes[source])
      } else {
        guard let factor = single(source) else { return nil }
        result.axes.append(extent == 1 ? [] : [Factor(extent: extent, stride: factor.stride * view.steps[axis])])
      }
    }
    return result
  }
}
