import NNGraph

extension FunctionCall {
  /// The sum or the largest of each window, and how many elements a window has. Where windows touch without gaps no element is in two of them.
  mutating func pooled(_ layer: String, _ kind: ReductionKind, outside: Double) throws(CallError) -> (value: Value, size: Int) {
    let (channels, extents) = try image(layer)
    let windows = try windows(size: "size", stride: nil, over: extents)
    let size = windows.reduce(1) { $0 * $1.size }
    let counts = zip(windows, extents).map { $0.count($1) }
    try checkWindows([channels] + counts, of: windows.map(\.size))
    if let window = windows.first(where: { max($0.before, $0.after) >= $0.reach }) {
      throw CallError("'pad' is less than the window, \(window.reach), so that each window sees something", at: "pad")
    }
    if windows.allSatisfy(\.isTile) {
      let whole = zip(windows, counts).map { $0.size * $1 }
      let used = graph.node(Slice(starts: [0, 0, 0], sizes: [channels] + whole), [value("x")])
      let values = graph.reshape(used, to: [channels, counts[0], windows[0].size, counts[1], windows[1].size])
      return (graph.reduce(kind, values, axes: [2, 4]), size)
    }
    if let window = windows.first(where: { $0.size > Self.mostOverlapping }) {
      throw CallError(
        "windows that overlap or are padded have at most \(Self.mostOverlapping) elements along an axis, not \(window.size)", at: "size")
    }
    guard outside != 0, windows.contains(where: \.isPadded) else { return (reduced(value("x"), kind, windows), size) }
    let bare = windows.map { Window(size: $0.size, stride: $0.stride) }
    return (reduced(surrounded(value("x"), by: outside, windows), kind, bare), size)
  }

  /// Of large windows each row is reduced for all windows that see it, then what is left of the rows: a window of 13 by 13 is 26 elements, not 169.
  private mutating func reduced(_ x: Value, _ kind: ReductionKind, _ windows: [Window]) -> Value {
    let (height, width) = (windows[0].size, windows[1].size)
    // For each window so many rows are reduced as lie between it and the next.
    let isLess = 3 * (windows[0].stride * width + height) < 2 * height * width
    guard min(height, width) > 1, isLess || height * width > Self.mostAtOnce else {
      return graph.node(Reduce(kind, axes: [3, 4]), [graph.windows(x, windows)])
    }
    let rows = graph.node(Reduce(kind, axes: [3, 4]), [graph.windows(x, [Window(size: 1), windows[1]])])
    return graph.node(Reduce(kind, axes: [3, 4], isNested: true), [graph.windows(rows, [windows[0], Window(size: 1)])])
  }

  /// The image with its padding, which holds a number other than zero.
  private mutating func surrounded(_ x: Value, by outside: Double, _ windows: [Window]) -> Value {
    let shape = graph.shape(x)
    let frame = Placement(starts: [0] + windows.map(\.before))
    let padded = Shape([shape[0]] + zip(windows, shape.dimensions.suffix(2)).map { $0.before + $1 + $0.after })
    let inside = graph.fill(1, ValueType([1, shape[1], shape[2]], isBatched: false))
    let mask = graph.node(Place([frame], shape: Shape([1] + padded.dimensions.suffix(2))), [inside])
    return graph.select(mask, graph.node(Place([frame], shape: padded), [x]), graph.fill(outside))
  }

  /// More elements of a window are reduced in two steps in any case.
  private static var mostAtOnce: Int { 16 }

  /// Elements along an axis of a window that may lie in other windows too: each becomes a term of the gradient.
  private static var mostOverlapping: Int { 1024 }

  static let poolParameters = [
    FunctionParameter("x", .tensor),
    FunctionParameter("size", .extent),
    FunctionParameter("stride", .extent, named: true, default: "size"),
    FunctionParameter("pad", .extent, named: true, default: "0"),
  ]

  static let poolSamples = [
    Sample(["x": .tensor([2, 4, 6]), "size": .number(2)]),
    Sample(["x": .tensor([2, 5, 7]), "size": .list([2, 3])]),
    Sample(["x": .tensor([2, 7, 6]), "size": .number(3), "stride": .number(2)]),
    Sample(["x": .tensor([2, 5, 6]), "size": .number(3), "stride": .list([2, 1]), "pad": .number(1)]),
    Sample(["x": .tensor([2, 4, 4]), "size": .number(2), "stride": .number(3)]),
    Sample(["x": .tensor([3, 7, 8]), "size": .list([5, 4]), "stride": .list([1, 2]), "pad": .list([2, 1])]),
  ]
}
