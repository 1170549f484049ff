import NNGraph

/// Along one axis, the elements that see the same taps of the windows over them: every stride-th one. Of a fold with stride 2 the even elements are one
/// phase and the odd ones another, and each is a plain sum over windows of what was folded.
struct FoldPhase {
  /// The first element, and how many there are.
  var start: Int
  var count: Int
  /// The taps that see them.
  var firstTap: Int
  var tapStep: Int
  var taps: Int
  /// The window that the first element sees through the first tap; each further tap sees one `spread` earlier.
  var origin: Int
  var spread: Int

  /// The first window that the first element needs, and the last that the last one does.
  var first: Int { origin - (taps - 1) * spread }
  var last: Int { origin + count - 1 }

  /// Those of an axis of `extent` elements under a window.
  static func all(_ window: Window, extent: Int) -> [FoldPhase] {
    (0..<window.stride).compactMap { phase in
      let start = (phase - window.before % window.stride + window.stride) % window.stride
      guard start < extent else { return nil }
      let count = (extent - start + window.stride - 1) / window.stride
      let quotient = (start + window.before - phase) / window.stride
      let step = window.stride / greatestCommonDivisor(window.stride, window.dilation)
      let firstTap = (0..<min(step, window.size)).first { $0 * window.dilation % window.stride == phase } ?? window.size
      let taps = firstTap < window.size ? (window.size - firstTap + step - 1) / step : 0
      return FoldPhase(
        start: start, count: count, firstTap: firstTap, tapStep: step, taps: taps,
        origin: quotient + (phase - firstTap * window.dilation) / window.stride, spread: step * window.dilation / window.stride)
    }
  }

  private static func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int { b == 0 ? a : greatestCommonDivisor(b, a % b) }

  /// One phase of each axis, in all combinations of those that any tap sees.
  static func combinations(_ windows: [Window], extents: [Int]) -> [[FoldPhase]] {
    var combinations: [[FoldPhase]] = [[]]
    for (window, extent) in zip(windows, extents) {
      let phases = all(window, extent: extent).filter { $0.taps > 0 }
      combinations = combinations.flatMap { combination in phases.map { combination + [$0] } }
    }
    return combinations
  }
}

/// The zeros that phases need around the windows they are summed from.
struct FoldMargin {
  var before: [Int]
  var extents: [Int]

  init(_ combinations: [[FoldPhase]], counts: [Int]) {
    before = counts.indices.map { axis in max(0, -(combinations.map { $0[axis].first }.min() ?? 0)) }
    let ends = counts.indices.map { axis in max(counts[axis], (combinations.map { $0[axis].last }.max() ?? 0) + 1) }
    extents = zip(before, ends).map { $0 + $1 }
  }
}

extension Legalize {
  /// Windows that reach over the edge are windows of a copy with zeros around it.
  mutating func windows(_ windows: [Window], of x: Value) -> Value {
    let shape = builder.shape(x)
    let lead = shape.rank - windows.count
    let padded = zip(windows, shape.dimensions[lead...]).map { $0.before + $1 + $0.after }
    let placement = Placement(starts: [Int](repeating: 0, count: lead) + windows.map(\.before))
    let place = builder.node(Place([placement], shape: Shape(shape.dimensions[..<lead] + padded)), [x])
    return builder.windows(place, windows.map { Window(size: $0.size, stride: $0.stride, dilation: $0.dilation) })
  }

  /// What is summed from windows, as sums over windows: no element is written twice.
  mutating func fold(_ windows: [Window], of input: Value, type: ValueType) -> Value {
    if let tiled = tiled(windows, of: input, type: type) { return tiled }
    let inputs = builder.inputs(input)
    let isWhole = inputs.allSatisfy { builder.type($0) == builder.type(input) }
    switch builder.operation(input) {
    case is Add where isWhole:
      return builder.add(fold(windows, of: inputs[0], type: type), fold(windows, of: inputs[1], type: type))
    case is Subtract where isWhole:
      return builder.subtract(fold(windows, of: inputs[0], type: type), fold(windows, of: inputs[1], type: type))
    case let product as Contract:
      if let folded = foldedProduct(windows, product.labels, inputs, type: type) { return folded }
    default: break
    }
    return foldedTaps(windows, input, type: type)
  }

  /// Windows that touch without gaps hold each element once: only the order of the axes changes.
  private mutating func tiled(_ windows: [Window], of input: Value, type: ValueType) -> Value? {
    let shape = builder.shape(input)
    let (lead, rank) = (type.shape.rank - windows.count, windows.count)
    guard windows.allSatisfy(\.isTile) else { return nil }
    let order = Array(0..<lead) + (0..<rank).flatMap { [lead + $0, lead + rank + $0] }
    let covered = Shape(shape.dimensions[..<lead] + (0..<rank).map { shape[lead + $0] * windows[$0].size })
    let whole = builder.reshape(builder.transpose(input, order), to: covered)
    let corner = Placement(starts: [Int](repeating: 0, count: type.shape.rank))
    return builder.node(Place([corner], shape: type.shape), [whole])
  }

  /// The phases of a fold, each set down on its elements.
  private mutating func assembled(
    _ combinations: [[FoldPhase]], _ windows: [Window], type: ValueType, _ part: (inout Legalize, [FoldPhase]) -> Value
  ) -> Value {
    guard !combinations.isEmpty else { return builder.fill(0, type) }
    let lead = type.shape.rank - windows.count
    let placements = combinations.map { phases in
      Placement(
        starts: [Int](repeating: 0, count: lead) + phases.map(\.start),
        steps: [Int](repeating: 1, count: lead) + windows.map(\.stride))
    }
    return builder.node(Place(placements, shape: type.shape), combinations.map { part(&self, $0) })
  }

  /// A value with zeros around some of its axes.
  private mutating func widened(_ value: Value, axes: [Int], _ margin: FoldMargin) -> Value {
    var shape = builder.shape(value)
    var starts = [Int](repeating: 0, count: shape.rank)
    for (index, axis) in axes.enumerated() {
      starts[axis] = margin.before[index]
      shape.dimensions[axis] = margin.extents[index]
    }
    return builder.node(Place([Placement(starts: starts)], shape: shape), [value])
  }

  /// Tap by tap: for what is no product, such as the gradient of a pool.
  private mutating func foldedTaps(_ windows: [Window], _ input: Value, type: ValueType) -> Value {
    let shape = builder.shape(input)
    let lead = type.shape.rank - windows.count
    let axes = Array(lead..<(lead + windows.count))
    let combinations = FoldPhase.combinations(windows, extents: Array(type.shape.dimensions[lead...]))
    let margin = FoldMargin(combinations, counts: axes.map { shape[$0] })
    let wide = widened(input, axes: axes, margin)
    return assembled(combinations, windows, type: type) { pass, phases in
      var sum: Value?
      for taps in Shape(phases.map(\.taps)).indices {
        var placement = Placement(starts: [Int](repeating: 0, count: shape.rank))
        var sizes = shape.dimensions
        for (index, phase) in phases.enumerated() {
          placement.starts[axes[index]] = phase.origin - taps[index] * phase.spread + margin.before[index]
          sizes[axes[index]] = phase.count
          placement.starts[axes[index] + phases.count] = phase.firstTap + taps[index] * phase.tapStep
          sizes[axes[index] + phases.count] = 1
        }
        let tap = pass.builder.node(Slice(placement, sizes: sizes), [wide])
        let flat = pass.builder.reshape(tap, to: Shape(sizes.dropLast(phases.count)))
        sum = sum.map { pass.builder.add($0, flat) } ?? flat
      }
      return sum ?? pass.builder.fill(0, type)
    }
  }

  /// The data gradient of a convolution, and the transposed one: a convolution for each phase, with the kernel's taps for it in reverse.
  private mutating func foldedProduct(_ windows: [Window], _ labels: Contraction, _ inputs: [Value], type: ValueType) -> Value? {
    let rank = windows.count
    let places = Array(labels.output.suffix(2 * rank).prefix(rank))
    let taps = Array(labels.output.suffix(rank))
    let sides = [labels.lhs, labels.rhs]
    guard let side = sides.firstIndex(where: { places.allSatisfy($0.contains) && !taps.contains(where: $0.contains) }),
      taps.allSatisfy(sides[1 - side].contains), !places.contains(where: sides[1 - side].contains)
    else { return nil }
    let own = sides[side]
    let axes = places.compactMap { own.firstIndex(of: $0) }
    let tapAxes = taps.compactMap { sides[1 - side].firstIndex(of: $0) }
    let extents = Array(type.shape.dimensions.suffix(rank))
    let combinations = FoldPhase.combinations(windows, extents: extents)
    let counts = axes.map { builder.shape(inputs[side])[$0] }
    let order = own.indices.filter { !axes.contains($0) } + axes
    let margin = FoldMargin(combinations, counts: counts)
    let wide = builder.transpose(widened(inputs[side], axes: axes, margin), order)
    let seen = order.map { own[$0] } + taps
    let kernel = inputs[1 - side]
    return assembled(combinations, windows, type: type) { pass, phases in
      let factors = [pass.windowed(wide, phases, margin), pass.reversed(kernel, tapAxes, phases)]
      let contraction = Contraction(
        lhs: side == 0 ? seen : labels.lhs, rhs: side == 0 ? labels.rhs : seen, output: labels.output.dropLast(rank),
        sumsBatch: labels.sumsBatch)
      return pass.product(contraction, side == 0 ? factors : factors.reversed())
    }
  }

  /// The windows that the elements of a phase see, over the last axes.
  private mutating func windowed(_ wide: Value, _ phases: [FoldPhase], _ margin: FoldMargin) -> Value {
    let shape = builder.shape(wide)
    let lead = shape.rank - phases.count
    let starts = [Int](repeating: 0, count: lead) + zip(phases, margin.before).map { $0.first + $1 }
    let sizes = shape.dimensions[..<lead] + phases.map { $0.last - $0.first + 1 }
    let slice = builder.node(Slice(starts: starts, sizes: Array(sizes)), [wide])
    return builder.windows(slice, phases.map { Window(size: $0.taps, dilation: $0.taps > 1 ? $0.spread : 1) })
  }

  /// The taps of a phase, the last one first.
  private mutating func reversed(_ kernel: Value, _ axes: [Int], _ phases: [FoldPhase]) -> Value {
    let shape = builder.shape(kernel)
    var placement = Placement(starts: [Int](repeating: 0, count: shape.rank))
    var sizes = shape.dimensions
    for (axis, phase) in zip(axes, phases) {
      placement.starts[axis] = phase.firstTap + (phase.taps - 1) * phase.tapStep
      placement.steps[axis] = phase.taps > 1 ? -phase.tapStep : 1
      sizes[axis] = phase.taps
    }
    return builder.node(Slice(placement, sizes: sizes), [kernel])
  }
}

extension Shape {
  /// Every index, the last axis fastest.
  var indices: [[Int]] {
    dimensions.reduce([[]]) { indices, extent in indices.flatMap { index in (0..<extent).map { index + [$0] } } }
  }
}
