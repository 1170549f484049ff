import NNGraph

/// Convolutions to few channels whose pixels fill vectors. The columns of the product are the pixels of a picture, its rows the channels, and windows are read
/// as they lie, a line of a channel at a time. The gradient by kernels is made of dot products of such lines. So pictures have to lie in the model's order,
/// channels first, and what comes out does.
struct PixelLanes {
  /// The operand that is windows.
  let side: Int

  /// Rows of two vectors each that keep a processor from waiting for its last sums.
  private static let busyRows = 4
  /// Channels that windows see. Each tile goes through the lines of all of them, and what lies otherwise has to be put in order.
  private static let mostPlanes = 16

  init?(_ labels: Contraction, _ types: [ValueType], windows: [Windows?]) {
    guard let side = windows.firstIndex(where: { $0 != nil }), windows[1 - side] == nil, let own = windows[side]?.windows,
      let last = own.last, last.stride == 1, own.count < ProductStep.Lines.mostSums, own.allSatisfy({ !$0.isPadded })
    else { return nil }
    let sides = [labels.lhs, labels.rhs]
    let (seen, other) = (sides[side], sides[1 - side])
    let (places, taps) = (seen.suffix(2 * own.count).prefix(own.count), seen.suffix(own.count))
    let isResult = Self.isKept(places, in: labels.output, notIn: other) && Self.isKept(taps, in: other, notIn: labels.output)
    let isGradient = Self.isKept(places, in: other, notIn: labels.output) && Self.isKept(taps, in: labels.output, notIn: other)
    guard isResult && !types[1 - side].isBatched && !labels.sumsBatch || isGradient else { return nil }
    var extents: [Int: Int] = [:]
    for (label, extent) in zip(labels.lhs + labels.rhs, types[0].shape.dimensions + types[1].shape.dimensions) { extents[label] = extent }
    func count(_ labels: [Int]) -> Int { labels.reduce(1) { $0 * extents[$1, default: 1] } }
    guard count(other.filter { seen.contains($0) && labels.output.contains($0) }) == 1 else { return nil }
    let planes = count(seen.filter { !places.contains($0) && !taps.contains($0) && !(other.contains($0) && labels.output.contains($0)) })
    let channels = count(other.filter { labels.output.contains($0) && !seen.contains($0) })
    let pixels = count(Array(places.suffix(1)))
    let summed = seen.count { !labels.output.contains($0) && extents[$0] != 1 } + (labels.sumsBatch ? 1 : 0)
    guard planes <= Self.mostPlanes, ProductStep.Lines.rows.contains(channels), summed <= ProductStep.Lines.mostSums else { return nil }
    let use = Lanes.filling(pixels) * min(Double(channels) / Double(Self.busyRows), 1)
    guard use > Lanes.leastGain * PixelGroups.use(places: pixels, columns: channels, last) else { return nil }
    self.side = side
  }

  private static func isKept(_ labels: ArraySlice<Int>, in kept: [Int], notIn others: [Int]) -> Bool {
    labels.allSatisfy { kept.contains($0) && !others.contains($0) }
  }
}
