import NNGraph

/// Convolutions to few channels, as products for several neighbouring pixels at once.
///
/// The columns of a product are what fills a vector, and a convolution to 6 channels fills 6 of 16 lanes. Two pixels side by side have 12 columns: their
/// windows overlap, so both see one window that is a stride wider, each through kernels with zeros where the window is the other's alone. That takes a few
/// more multiply-adds, by zeros, in fewer vectors. A convolution adds up its terms in the same order, so that no bit of it changes; only what is infinite
/// or no number reaches a neighbour that it did not reach before. The gradient by kernels is summed over the first pixels of all groups, then over the
/// second ones and so on: the same terms in another order, which depends on shapes alone.
struct PixelGroups {
  /// The windows' operand, its last window, and the labels of that: of the place of a window and of an element in it.
  let side: Int
  let window: Window
  let place: Int
  let tap: Int
  /// Pixels in a group.
  let count: Int

  /// Taps of a window that holds those of a group.
  var taps: Int { window.size + (count - 1) * window.stride }

  init?(_ labels: Contraction, _ inputs: [Value], in builder: GraphBuilder) {
    let sides = [labels.lhs, labels.rhs]
    let candidates = inputs.indices.filter { builder.operation(inputs[$0]) is Windows }
    guard candidates.count == 1, let windows = builder.operation(inputs[candidates[0]]) as? Windows, let last = windows.windows.last else {
      return nil
    }
    side = candidates[0]
    window = last
    let (own, other) = (sides[side], sides[1 - side])
    place = own[own.count - 1 - windows.windows.count]
    tap = own[own.count - 1]
    let extents = Self.extents(own + other, builder.shape(inputs[side]).dimensions + builder.shape(inputs[1 - side]).dimensions)
    let shared = other.filter { own.contains($0) && labels.output.contains($0) && extents[$0, default: 1] > 1 }
    let columns = other.filter { !own.contains($0) && labels.output.contains($0) }.reduce(1) { $0 * extents[$1, default: 1] }
    let isPlain = last.dilation == 1 && last.size > 1 && last.before == 0 && last.after == 0
    let places = extents[own[own.count - 1 - windows.windows.count], default: 1]
    guard isPlain, shared.isEmpty, let best = Self.best(places: places, columns: columns, last) else { return nil }
    count = best
  }

  private static func extents(_ labels: [Int], _ dimensions: [Int]) -> [Int: Int] {
    Dictionary(zip(labels, dimensions)) { first, _ in first }
  }

  /// The number of pixels that fills lanes best, if that is much better than one.
  private static func best(places: Int, columns: Int, _ window: Window) -> Int? {
    let fitting = (1...Lanes.count).filter { places % $0 == 0 && $0 * columns <= Lanes.count }
    func use(_ pixels: Int) -> Double { Self.use(pixels: pixels, columns: columns, window) }
    guard let pixels = fitting.max(by: { use($0) < use($1) }), use(pixels) > Lanes.leastGain * use(1) else { return nil }
    return pixels
  }

  /// The part of all lanes that multiply what has to be multiplied.
  private static func use(pixels: Int, columns: Int, _ window: Window) -> Double {
    Lanes.filling(pixels * columns) * Double(window.size) / Double(window.size + (pixels - 1) * window.stride)
  }

  /// The same for the best number of pixels.
  static func use(places: Int, columns: Int, _ window: Window) -> Double {
    use(pixels: best(places: places, columns: columns, window) ?? 1, columns: columns, window)
  }
}

extension Legalize {
  /// The product for groups of pixels, where that is what a product with windows had better be.
  mutating func grouped(_ labels: Contraction, _ inputs: [Value]) -> Value? {
    guard let groups = PixelGroups(labels, inputs, in: builder),
      let type = try? Contract(labels).resultType(inputs.map { builder.type($0) })
    else { return nil }
    let (windows, other) = (inputs[groups.side], inputs[1 - groups.side])
    let sides = [labels.lhs, labels.rhs]
    let otherLabels = sides[1 - groups.side]
    let group = (labels.lhs + labels.rhs).reduce(0) { max($0, $1) } + 1
    let wide = widened(windows, groups)
    let isForward = labels.output.contains(groups.place) && !labels.output.contains(groups.tap)
    if isForward, otherLabels.contains(groups.tap), !otherLabels.contains(groups.place), !builder.type(other).isBatched {
      // Beside the axis of channels, so that both are one run of columns.
      let channels = otherLabels.firstIndex { labels.output.contains($0) && !sides[groups.side].contains($0) } ?? 0
      let kernels = spread(other, at: channels, axis: otherLabels.firstIndex(of: groups.tap) ?? 0, groups)
      let spreadLabels = otherLabels[..<channels] + [group] + otherLabels[channels...]
      let output = labels.output.flatMap { $0 == groups.place ? [$0, group] : [$0] }
      let product = contract(groups, sides, [wide, kernels], otherLabels: Array(spreadLabels), output, labels.sumsBatch)
      return builder.reshape(product, to: type.shape)
    }
    let isGradient = labels.output.contains(groups.tap) && !labels.output.contains(groups.place)
    guard isGradient, otherLabels.contains(groups.place), !otherLabels.contains(groups.tap) else { return nil }
    let split = self.split(other, axis: otherLabels.firstIndex(of: groups.place) ?? 0, groups.count)
    let splitLabels = otherLabels.flatMap { $0 == groups.place ? [$0, group] : [$0] }
    let product = contract(groups, sides, [wide, split], otherLabels: splitLabels, [group] + labels.output, labels.sumsBatch)
    return gathered(product, axis: labels.output.firstIndex(of: groups.tap) ?? 0, groups)
  }

  private mutating func contract(
    _ groups: PixelGroups, _ sides: [[Int]], _ operands: [Value], otherLabels: [Int], _ output: [Int], _ sumsBatch: Bool
  ) -> Value {
    let own = sides[groups.side]
    let isLeft = groups.side == 0
    let labels = Contraction(lhs: isLeft ? own : otherLabels, rhs: isLeft ? otherLabels : own, output: output, sumsBatch: sumsBatch)
    return builder.node(Contract(labels), isLeft ? operands : operands.reversed())
  }

  /// The windows that groups of pixels see.
  private mutating func widened(_ windows: Value, _ groups: PixelGroups) -> Value {
    guard var own = (builder.operation(windows) as? Windows)?.windows else { return windows }
    own[own.count - 1] = Window(size: groups.taps, stride: groups.window.stride * groups.count)
    return builder.windows(builder.inputs(windows)[0], own)
  }

  /// The kernels of each pixel of a group in a wide window, along a new axis.
  private mutating func spread(_ kernels: Value, at position: Int, axis: Int, _ groups: PixelGroups) -> Value {
    var dimensions = builder.shape(kernels).dimensions
    dimensions[axis] = groups.taps
    dimensions.insert(groups.count, at: position)
    let placements = (0..<groups.count).map { pixel in
      var starts = [Int](repeating: 0, count: dimensions.count - 1)
      starts[axis] = pixel * groups.window.stride
      starts.insert(pixel, at: position)
      return Placement(starts: starts)
    }
    var single = builder.shape(kernels).dimensions
    single.insert(1, at: position)
    let own = builder.reshape(kernels, to: Shape(single))
    return builder.node(Place(placements, shape: Shape(dimensions)), [Value](repeating: own, count: groups.count))
  }

  /// A tensor with an axis of pixels as two: groups, and pixels in them.
  private mutating func split(_ value: Value, axis: Int, _ count: Int) -> Value {
    var dimensions = builder.shape(value).dimensions
    dimensions.replaceSubrange(axis...axis, with: [dimensions[axis] / count, count])
    return builder.reshape(value, to: Shape(dimensions))
  }

  /// The sum over the pixels of a group, each of which has taps of its own.
  private mutating func gathered(_ product: Value, axis: Int, _ groups: PixelGroups) -> Value {
    var sizes = builder.shape(product).dimensions
    sizes[0] = 1
    sizes[axis + 1] = groups.window.size
    var sum: Value?
    for pixel in 0..<groups.count {
      var starts = [Int](repeating: 0, count: sizes.count)
      starts[0] = pixel
      starts[axis + 1] = pixel * groups.window.stride
      let part = builder.node(Slice(starts: starts, sizes: sizes), [product])
      let own = builder.reshape(part, to: Shape(Array(sizes.dropFirst())))
      sum = sum.map { builder.add($0, own) } ?? own
    }
    return sum ?? product
  }
}
