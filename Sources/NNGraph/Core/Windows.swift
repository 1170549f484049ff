/// How windows slide along one axis, with zeros before and after it.
package struct Window: Hashable, Sendable {
  package var size: Int
  package var stride: Int
  package var dilation: Int
  package var before: Int
  package var after: Int

  package init(size: Int, stride: Int = 1, dilation: Int = 1, before: Int = 0, after: Int = 0) {
    self.size = size
    self.stride = stride
    self.dilation = dilation
    self.before = before
    self.after = after
  }

  /// From the first to the last element of a window.
  package var reach: Int { (size - 1) * dilation + 1 }

  /// How many windows an axis has room for.
  package func count(_ extent: Int) -> Int {
    let room = extent + before + after - reach
    return room < 0 ? 0 : room / stride + 1
  }

  package var isPadded: Bool { before > 0 || after > 0 }

  /// Whether windows touch without gaps, so that each element is in one at most.
  package var isTile: Bool { stride == size && dilation == 1 && !isPadded }

  /// Whether there is a window of one element for each element.
  fileprivate var isElement: Bool { size == 1 && stride == 1 && !isPadded }

  /// Whether there is one window, of all elements.
  fileprivate func isWhole(_ extent: Int) -> Bool { size == extent && dilation == 1 && !isPadded }
}

/// Windows over the last axes of a tensor: [c, h, w] becomes [c, h', w', i, j]. No element is copied: a convolution is a product with these.
package struct Windows: Operation {
  package var windows: [Window]

  package static let mnemonic = "windows"
  package var attributes: String { windows.text }

  package init(_ windows: [Window]) { self.windows = windows }

  /// The windowed axes, then those in a window, after the axes that stay.
  package var lowering: Lowering {
    windows.contains(where: \.isPadded) ? .windows(windows) : .view(StridedView(sources: [], starts: []))
  }

  /// Which strided view it is depends on the input's rank.
  package static func view(_ windows: [Window], rank: Int) -> StridedView {
    let first = rank - windows.count
    let axes = (0..<rank).map { Optional($0) } + (first..<rank).map { Optional($0) }
    let steps = [Int](repeating: 1, count: first) + windows.map(\.stride) + windows.map(\.dilation)
    return StridedView(sources: axes, steps: steps, starts: [Int](repeating: 0, count: rank))
  }

  package func resultType(_ inputs: [ValueType]) throws(ShapeError) -> ValueType {
    let shape = inputs[0].shape
    guard windows.count <= shape.rank else { throw ShapeError("\(shape) has fewer than \(windows.count) axes", input: 0) }
    let first = shape.rank - windows.count
    var counts: [Int] = []
    for (axis, window) in windows.enumerated() {
      let count = window.count(shape[first + axis])
      guard count > 0 else {
        let padded = shape[first + axis] + window.before + window.after
        throw ShapeError(
          "a window over \(window.reach) elements does not fit into axis \(first + axis) of \(shape), which has \(padded)", input: 0)
      }
      counts.append(count)
    }
    return inputs[0].with(shape: Shape(shape.dimensions.prefix(first) + counts + windows.map(\.size)))
  }

  package func pullback(_ cotangent: Value, inputs: [Value], output: Value, in graph: inout GraphBuilder) -> [Value?] {
    let extents = Array(graph.shape(inputs[0]).dimensions.suffix(windows.count))
    return [graph.fold(graph.expand(cotangent, to: graph.type(output)), windows, extents: extents)]
  }

  package func pushforward(_ tangents: [Value?], inputs: [Value], output: Value, in graph: inout GraphBuilder) -> Value? {
    tangents[0].map { graph.windows(graph.expand($0, to: graph.type(inputs[0])), windows) }
  }

  package func simplified(_ inputs: [Value], type: ValueType, in graph: inout GraphBuilder) -> Value? {
    if let number = graph.constant(inputs[0]), number == 0 || !windows.contains(where: \.isPadded) { return graph.fill(number, type) }
    return windows.areInOrder(graph.shape(inputs[0]).dimensions.suffix(windows.count)) ? graph.reshape(inputs[0], to: type.shape) : nil
  }
}

extension [Window] {
  /// Whether they hold each element once, in its order.
  fileprivate func areInOrder(_ extents: ArraySlice<Int>) -> Bool {
    allSatisfy(\.isElement) || zip(self, extents).allSatisfy { $0.isWhole($1) }
  }

  fileprivate var text: String {
    map { "\($0.size)/\($0.stride)*\($0.dilation)+\($0.before),\($0.after)" }.joined(separator: " ")
  }
}

/// The transpose of windows: each element gets the sum of its copies in all windows that it is in.
package struct Fold: Operation {
  package var windows: [Window]
  /// Of the windowed axes.
  package var extents: [Int]

  package static let mnemonic = "fold"
  package var attributes: String { "\(windows.text) to \(extents)" }
  package var lowering: Lowering { .fold(windows) }

  package init(_ windows: [Window], extents: [Int]) {
    self.windows = windows
    self.extents = extents
  }

  package func resultType(_ inputs: [ValueType]) throws(ShapeError) -> ValueType {
    let (shape, count) = (inputs[0].shape, windows.count)
    let expected = zip(windows, extents).map { $0.count($1) } + windows.map(\.size)
    guard shape.rank >= 2 * count, Array(shape.dimensions.suffix(2 * count)) == expected else {
      throw ShapeError("\(shape) does not hold windows of \(extents)", input: 0)
    }
    return inputs[0].with(shape: Shape(shape.dimensions.dropLast(2 * count) + extents))
  }

  package func pullback(_ cotangent: Value, inputs: [Value], output: Value, in graph: inout GraphBuilder) -> [Value?] {
    [graph.windows(graph.expand(cotangent, to: graph.type(output)), windows)]
  }

  package func pushforward(_ tangents: [Value?], inputs: [Value], output: Value, in graph: inout GraphBuilder) -> Value? {
    tangents[0].map { graph.fold(graph.expand($0, to: graph.type(inputs[0])), windows, extents: extents) }
  }

  package func simplified(_ inputs: [Value], type: ValueType, in graph: inout GraphBuilder) -> Value? {
    if graph.constant(inputs[0]) == 0 { return graph.fill(0, type) }
    return windows.areInOrder(extents[...]) ? graph.reshape(inputs[0], to: type.shape) : nil
  }
}

extension GraphBuilder {
  package mutating func windows(_ value: Value, _ windows: [Window]) -> Value { node(Windows(windows), [value]) }

  package mutating func fold(_ value: Value, _ windows: [Window], extents: [Int]) -> Value {
    node(Fold(windows, extents: extents), [value])
  }
}
