import NNGraph

/// Convolutions of each channel by itself (depthwise): as products each channel would be one of its own, with a single row or column.
struct ChannelProduct {
  /// The operand that is windows.
  let side: Int
  /// How many taps a window has along each axis that it slides over.
  let taps: [Int]
  /// Whether sums go over the places of windows, and there is one for each tap: the gradient of kernels.
  let isOfPlaces: Bool

  /// Larger kernels would make too long a text.
  private static let mostTaps = 64

  init?(_ labels: Contraction, _ types: [ValueType], windows: [Windows?]) {
    guard let side = windows.firstIndex(where: { $0 != nil }), windows[1 - side] == nil, let own = windows[side]?.windows
    else { return nil }
    let (seen, other) = side == 0 ? (labels.lhs, labels.rhs) : (labels.rhs, labels.lhs)
    var extents: [Int: Int] = [:]
    for (label, extent) in zip(labels.lhs + labels.rhs, types.flatMap(\.shape.dimensions)) { extents[label] = extent }
    func isLong(_ label: Int) -> Bool { extents[label, default: 1] > 1 }
    let (places, taps) = (seen.suffix(2 * own.count).prefix(own.count), seen.suffix(own.count))
    let channels = seen.dropLast(2 * own.count).filter(isLong)
    guard channels.allSatisfy({ other.contains($0) && labels.output.contains($0) }),
      other.allSatisfy({ seen.contains($0) || labels.output.contains($0) && !isLong($0) }),
      2 * Lanes.filling(channels.reduce(1) { $0 * extents[$1, default: 1] }) >= 1, own.reduce(1, { $0 * $1.size }) <= Self.mostTaps
    else { return nil }
    func isResult(_ kept: ArraySlice<Int>, summed: ArraySlice<Int>) -> Bool {
      kept.allSatisfy { labels.output.contains($0) && !other.contains($0) }
        && summed.allSatisfy { !labels.output.contains($0) && other.contains($0) }
    }
    isOfPlaces = isResult(taps, summed: places)
    guard isOfPlaces || isResult(places, summed: taps) && !labels.sumsBatch else { return nil }
    (self.side, self.taps) = (side, own.map(\.size))
  }
}

extension Arrange {
  /// A product of each channel by itself, tap by tap: pictures moved by a tap, times what it weighs in each channel, are added up, or times the other
  /// operand are what is summed for it.
  mutating func channelwise(_ product: ChannelProduct, _ labels: Contraction, _ inputs: [Arranged]) -> Arranged {
    let sides = [labels.lhs, labels.rhs]
    let (windows, other) = (inputs[product.side], inputs[1 - product.side])
    let seen = windows.order.map { sides[product.side][$0] }
    let rest = other.order.map { sides[1 - product.side][$0] }
    let taps = Array(sides[product.side].suffix(product.taps.count))
    let pictures = parts(of: windows.value, at: taps.compactMap { seen.firstIndex(of: $0) })
    let moved = seen.filter { !taps.contains($0) }
    // Places first, then channels, of which vectors are made.
    let order = moved + rest.filter { !seen.contains($0) }
    let kept = order.filter(labels.output.contains)
    if product.isOfPlaces {
      let sums = pictures.map { picture in
        builder.sumOfProducts([moved, rest], [picture, other.value], order: order, kept: kept, batch: labels.sumsBatch)
      }
      return Arranged(gathered(sums, product.taps), (taps + kept).compactMap { labels.output.firstIndex(of: $0) })
    }
    let own = rest.filter { !taps.contains($0) }
    let turned = (taps + own).compactMap { rest.firstIndex(of: $0) }
    // The channels of a tap are neighbours.
    let weights = parts(of: builder.laidDown(builder.transpose(other.value, turned)), at: Array(product.taps.indices))
    let terms = zip(pictures, weights).map { builder.sumOfProducts([moved, own], [$0, $1], order: order, kept: kept) }
    return Arranged(terms.dropFirst().reduce(terms[0]) { builder.add($0, $1) }, kept.compactMap { labels.output.firstIndex(of: $0) })
  }

  /// A tensor cut along some axes, element by element.
  private mutating func parts(of value: Value, at axes: [Int]) -> [Value] {
    let shape = builder.shape(value)
    let sizes = shape.dimensions.indices.map { axes.contains($0) ? 1 : shape[$0] }
    return Shape(axes.map { shape[$0] }).indices.map { index in
      var starts = [Int](repeating: 0, count: shape.rank)
      for (axis, place) in zip(axes, index) { starts[axis] = place }
      return builder.reshape(builder.node(Slice(starts: starts, sizes: sizes), [value]), to: shape.removing(axes: axes))
    }
  }

  /// The tensor of which these are the parts, along new axes in front.
  private mutating func gathered(_ parts: [Value], _ extents: [Int]) -> Value {
    let own = builder.shape(parts[0]).dimensions
    let placements = Shape(extents).indices.map { Placement(starts: $0 + own.map { _ in 0 }) }
    let rows = parts.map { builder.reshape($0, to: Shape(extents.map { _ in 1 } + own)) }
    return builder.node(Place(placements, shape: Shape(extents + own)), rows)
  }
}
