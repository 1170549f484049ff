import NNGraph

/// What reads elements at other places, and what sets them down there.
extension ONNXExport {
  mutating func viewed(_ node: Node) -> String {
    let input = node.inputs[0]
    switch node.operation {
    case let transpose as Transpose: return transposed(name(input), transpose.permutation, isBatched: node.type.isBatched)
    case let slice as Slice: return sliced(name(input), graph.type(input), slice.placement, slice.sizes)
    case is Expand: return expanded(input, to: node.type)
    case let windows as Windows: return windowed(windows.windows, node)
    default:
      report("'\(Swift.type(of: node.operation).mnemonic)' cannot be written as ONNX", at: node.range)
      return ""
    }
  }

  private mutating func sliced(_ name: String, _ type: ValueType, _ placement: Placement, _ sizes: [Int]) -> String {
    let axes = sizes.indices.filter { placement.starts[$0] != 0 || sizes[$0] != type.shape[$0] || placement.steps[$0] != 1 }
    guard !axes.isEmpty else { return name }
    // An end before the first element would count from the back.
    let ends = axes.map { axis -> Int in
      let end = placement.starts[axis] + sizes[axis] * placement.steps[axis]
      return end < 0 ? Int(Int32.min) : end
    }
    let places = axes.map { $0 + (type.isBatched ? 1 : 0) }
    return writer.add(
      "Slice",
      [
        name, writer.integers(axes.map { placement.starts[$0] }), writer.integers(ends), writer.integers(places),
        writer.integers(axes.map { placement.steps[$0] }),
      ])
  }

  // MARK: Placing

  mutating func placed(_ placements: [Placement], _ node: Node) -> String {
    if let axis = joinedAxis(placements, node) {
      var parts: [String] = []
      for input in node.inputs { parts.append(expanded(input, to: ValueType(graph.shape(input), isBatched: node.type.isBatched))) }
      return writer.add("Concat", parts, ONNXAttribute("axis", axis + (node.type.isBatched ? 1 : 0)))
    }
    var sum: String?
    for (input, placement) in zip(node.inputs, placements) {
      let part = padded(input, placement, in: node.type.shape)
      sum = sum.map { writer.add("Add", [$0, part]) } ?? part
    }
    return sum ?? writer.reals([Double](repeating: 0, count: node.type.shape.count), node.type.shape.dimensions)
  }

  /// The axis along which the parts follow each other without gaps, if that is all.
  private func joinedAxis(_ placements: [Placement], _ node: Node) -> Int? {
    let shapes = node.inputs.map { graph.shape($0) }
    guard placements.count > 1, zip(placements, shapes).allSatisfy({ $0.isPlain($1.dimensions) }) else { return nil }
    return node.type.shape.dimensions.indices.first { axis in
      var end = 0
      for (placement, shape) in zip(placements, shapes) {
        let fills = shape.dimensions.indices.allSatisfy {
          $0 == axis ? placement.starts[$0] == end : placement.starts[$0] == 0 && shape[$0] == node.type.shape[$0]
        }
        guard fills else { return false }
        end += shape[axis]
      }
      return end == node.type.shape[axis]
    }
  }

  private mutating func padded(_ input: Value, _ placement: Placement, in shape: Shape) -> String {
    let type = graph.type(input)
    let (spread, extents) = spread(name(input), type, placement.steps)
    let after = shape.dimensions.indices.map { shape[$0] - placement.starts[$0] - extents[$0] }
    return pad(spread, before: placement.starts, after: after, isBatched: type.isBatched)
  }

  private mutating func pad(_ name: String, before: [Int], after: [Int], isBatched: Bool, value: Double = 0) -> String {
    guard before.contains(where: { $0 != 0 }) || after.contains(where: { $0 != 0 }) else { return name }
    let batch = isBatched ? [0] : []
    return writer.add("Pad", [name, writer.integers(batch + before + batch + after), writer.real(value)])
  }

  /// Zeros between neighbours that lie apart, and the extents that this makes.
  private mutating func spread(_ name: String, _ type: ValueType, _ steps: [Int]) -> (String, [Int]) {
    var (result, extents) = (name, type.shape.dimensions)
    for axis in extents.indices where steps[axis] > 1 && extents[axis] > 1 {
      let count = extents[axis]
      let apart = Shape(Array(extents[...axis]) + [1] + extents[(axis + 1)...])
      let wide = reshape(result, to: self.extents(ValueType(apart, isBatched: type.isBatched)))
      let after = apart.dimensions.indices.map { $0 == axis + 1 ? steps[axis] - 1 : 0 }
      let filled = pad(wide, before: after.map { _ in 0 }, after: after, isBatched: type.isBatched)
      extents[axis] = count * steps[axis]
      let joined = reshape(filled, to: self.extents(ValueType(Shape(extents), isBatched: type.isBatched)))
      let kept = Shape(extents)
      extents[axis] = (count - 1) * steps[axis] + 1
      result = sliced(joined, ValueType(kept, isBatched: type.isBatched), Placement(starts: extents.map { _ in 0 }), extents)
    }
    return (result, extents)
  }

  // MARK: Windows

  mutating func windowed(_ windows: [Window], _ node: Node) -> String {
    let type = graph.type(node.inputs[0])
    let first = type.shape.rank - windows.count
    let margins = [Int](repeating: 0, count: first)
    var result = pad(
      name(node.inputs[0]), before: margins + windows.map(\.before), after: margins + windows.map(\.after), isBatched: type.isBatched)
    for (axis, window) in windows.enumerated().reversed() {
      let count = window.count(type.shape[first + axis])
      let places = (0..<count).flatMap { place in (0..<window.size).map { place * window.stride + $0 * window.dilation } }
      let indices = writer.integers(places, [count, window.size])
      result = writer.add("Gather", [result, indices], ONNXAttribute("axis", first + axis + (type.isBatched ? 1 : 0)))
    }
    let counts = windows.indices.map { first + 2 * $0 }
    return transposed(result, Array(0..<first) + counts + counts.map { $0 + 1 }, isBatched: type.isBatched)
  }

  /// What lies in windows, added up where they overlap: for each axis a product with a matrix of zeros and ones.
  mutating func folded(_ windows: [Window], _ node: Node) -> String {
    let extents = Array(node.type.shape.dimensions.suffix(windows.count))
    var result = name(node.inputs[0])
    var shape = graph.shape(node.inputs[0]).dimensions
    let lead = shape.count - 2 * windows.count
    for (axis, window) in windows.enumerated() {
      let left = windows.count - axis
      // The windows and the places in them, of this axis, go last.
      let pair = [lead, lead + left]
      let order = shape.indices.filter { !pair.contains($0) } + pair
      result = transposed(result, order, isBatched: node.type.isBatched)
      shape = order.map { shape[$0] }
      let (size, count) = (shape.removeLast(), shape.removeLast())
      guard size * count * extents[axis] <= Self.largestMatrix else {
        report("a sum over windows of so many elements is too large for ONNX", at: node.range)
        return result
      }
      result = reshape(result, to: self.extents(ValueType(Shape(shape + [count * size]), isBatched: node.type.isBatched)))
      result = writer.add("MatMul", [result, matrix(window, count: count, extent: extents[axis])])
      shape.append(extents[axis])
    }
    return result
  }

  private static var largestMatrix: Int { 1 << 24 }

  private mutating func matrix(_ window: Window, count: Int, extent: Int) -> String {
    var numbers = [Double](repeating: 0, count: count * window.size * extent)
    for place in 0..<count {
      for tap in 0..<window.size {
        let target = place * window.stride + tap * window.dilation - window.before
        if 0..<extent ~= target { numbers[(place * window.size + tap) * extent + target] = 1 }
      }
    }
    return writer.reals(numbers, [count * window.size, extent])
  }
}
