import NNGraph

extension FunctionCall {
  /// The elements of each window of a pool along two axes of their own, and those axes. Where windows touch without gaps no element is in two of them.
  mutating func pooled(_ layer: String, outside: Double) throws(CallError) -> (values: Value, axes: [Int], size: Int) {
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
      return (graph.reshape(used, to: [channels, counts[0], windows[0].size, counts[1], windows[1].size]), [2, 4], size)
    }
    guard size <= Self.mostOverlapping else {
      throw CallError(
        "windows of \(size) elements that overlap or are padded are too large: \(Self.mostOverlapping) is the most", at: "size")
    }
    guard outside != 0, windows.contains(where: \.isPadded) else { return (graph.windows(value("x"), windows), [3, 4], size) }
    return (
      graph.windows(surrounded(value("x"), by: outside, windows), windows.map { Window(size: $0.size, stride: $0.stride) }), [3, 4], size
    )
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

  /// Elements of a window that may lie in other windows too: each becomes a term of the gradient.
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
  ]
}
