import NNGraph

extension FunctionCall {
  /// The sum or the largest of each window, and how many elements a window has. Where windows touch without gaps no element is in two of them.
  mutating func pooled(_ layer: String, _ kind: ReductionKind) throws(CallError) -> (value: Value, size: Int) {
    let (channels, extents) = try image(layer)
    let windows = try windows(size: "size", stride: nil, over: extents)
    let size = windows.reduce(1) { $0 * $1.size }
    let counts = zip(windows, extents).map { $0.count($1) }
    let steps = Self.steps(windows)
    var places = extents
    for step in steps {
      places = zip(step, places).map { $0.count($1) }
      try checkWindows([channels] + places, of: step.map(\.size))
    }
    if let window = windows.first(where: { max($0.before, $0.after) >= $0.reach }) {
      throw CallError("'pad' is less than the window, \(window.reach), so that each window sees something", at: "pad")
    }
    if windows.allSatisfy(\.isTile) {
      let whole = zip(windows, counts).map { $0.size * $1 }
      let used = graph.node(Slice(starts: [0, 0, 0], sizes: [channels] + whole), [value("x")])
      let values = graph.reshape(used, to: [channels, counts[0], windows[0].size, counts[1], windows[1].size])
      return (graph.reduce(kind, values, axes: [2, 4]), size)
    }
    let most = steps.map { $0.reduce(1) { $0 * $1.size } }.max() ?? 1
    guard most <= Self.mostOverlapping else {
      let sizes = Shape(windows.map(\.size))
      throw CallError(
        "windows of \(sizes) that overlap or are padded are too large: \(Self.mostOverlapping) elements at once are the most, not \(most)",
        at: "size")
    }
    guard kind == .max else { return (reduced(value("x"), kind, steps), size) }
    var x = windows.contains(where: \.isPadded) ? surrounded(value("x"), by: -.infinity, windows) : value("x")
    if steps.count > 1 {
      // What no window sees has no part in the first step either.
      let seen = zip(windows, counts).map { ($1 - 1) * $0.stride + $0.size }
      x = graph.node(Slice(starts: [0, 0, 0], sizes: [channels] + seen), [x])
    }
    return (reduced(x, kind, steps.map { $0.map { Window(size: $0.size, stride: $0.stride) } }), size)
  }

  /// Windows that overlap far are reduced along one axis first, and what is left along the other: one of 13 by 13 is 26 elements then, not 169.
  private static func steps(_ windows: [Window]) -> [[Window]] {
    let (rows, columns) = (windows[0], windows[1])
    // What is reduced first is so for each place of the other axis, of which there are as many as its stride for a window.
    let rowsLast = Double(rows.stride) * Double(columns.size) + Double(rows.size)
    let columnsLast = Double(columns.stride) * Double(rows.size) + Double(columns.size)
    guard 3 * min(rowsLast, columnsLast) < 2 * Double(rows.size) * Double(columns.size) else { return [windows] }
    let steps = [[Window(size: 1), columns], [rows, Window(size: 1)]]
    return rowsLast <= columnsLast ? steps : steps.reversed()
  }

  private mutating func reduced(_ x: Value, _ kind: ReductionKind, _ steps: [[Window]]) -> Value {
    let sharing: [Reduce.Sharing] = kind == .max && steps.count > 1 ? [.ofPart, .ofParts] : [.ofAll, .ofAll]
    return zip(steps, sharing).reduce(x) { value, step in
      graph.node(Reduce(kind, axes: [3, 4], sharing: step.1), [graph.windows(value, step.0)])
    }
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

  /// Elements that one step reduces and that may lie in other windows too: each becomes a term of the gradient.
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
