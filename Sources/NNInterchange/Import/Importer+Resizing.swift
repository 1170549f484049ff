/// Pictures of other sizes, and pixels that become channels.
extension Importer {
  mutating func resize(_ node: NodeReader) throws -> [ImportedValue] {
    let x = try x(node)
    let mode = try node.text("mode", "nearest")
    guard mode == "nearest" else { throw ImportProblem("mode '\(mode)' is not supported") }
    let policy = try node.text("keep_aspect_ratio_policy", "stretch")
    guard policy == "stretch" else { throw ImportProblem("'keep_aspect_ratio_policy' is '\(policy)'") }
    let shape = try resizedShape(node, x.shape)
    let isOld = Self.isOldResizing(node)
    let rule = try isOld ? "asymmetric" : node.text("coordinate_transformation_mode", "half_pixel")
    let rounding = try isOld ? "old" : node.text("nearest_mode", "round_prefer_floor")
    if shape.map(\.extent) == x.shape { return [.traced(x)] }
    var places: [Int: [Int]] = [:]
    for axis in x.shape.indices where shape[axis].extent != x.shape[axis] || shape[axis].scale != 1 {
      let row = try (0..<shape[axis].extent).map { try source($0, shape[axis], from: x.shape[axis], rule, rounding) }
      if row != Array(0..<x.shape[axis]) { places[axis] = row }
    }
    if x.batch == BatchAxis(axis: 0), x.shape.count == 4, let factors = wholeFactors(places, x.shape) {
      let full = [x.shape[0], x.shape[1], x.shape[2] * factors[0], x.shape[3] * factors[1]]
      return [try result(.call("upsample", x.phrase, (nil, .extent(factors))), full, x.batch)]
    }
    var value = ImportedValue.traced(x)
    for (axis, row) in places.sorted(by: { $0.key < $1.key }) { value = try taken(value, axis: axis, places: row) }
    return [value]
  }

  private struct Resized {
    var extent: Int
    var scale: Float
  }

  /// Whether the node is of the time when there was but one rule.
  private static func isOldResizing(_ node: NodeReader) -> Bool { node.node.type == "Upsample" || node.opset < 11 }

  private func resizedShape(_ node: NodeReader, _ shape: [Int]) throws -> [Resized] {
    let isOld = Self.isOldResizing(node)
    let axes = try (try node.integers("axes") ?? Array(shape.indices)).map { try $0.axis(of: shape.count) }
    var result = shape.map { Resized(extent: $0, scale: 1) }
    if let sizes = try node.constant(3, "sizes", saysShape: true)?.list(), !sizes.isEmpty {
      guard sizes.count == axes.count else { throw ImportProblem("it has \(sizes.count) sizes for \(axes.count) axes") }
      for (axis, size) in zip(axes, sizes) { result[axis] = Resized(extent: size, scale: Float(size) / Float(shape[axis])) }
    } else {
      var scales = try node.constant(isOld ? 1 : 2, "scales")?.numbers() ?? []
      if scales.isEmpty, case .floats(let numbers)? = node.value("scales") { scales = numbers }
      guard scales.count == axes.count else { throw ImportProblem("it has \(scales.count) scales for \(axes.count) axes") }
      for (axis, scale) in zip(axes, scales) where scale != 1 {
        let extent = (Float(shape[axis]) * Float(scale)).rounded(.down)
        guard 0..<1e6 ~= extent else { throw ImportProblem("a scale of \(scale) is not supported") }
        result[axis] = Resized(extent: Int(extent), scale: Float(scale))
      }
    }
    guard result.indices.allSatisfy({ result[$0].extent == shape[$0] || 1..<1_000_000 ~= result[$0].extent }) else {
      throw ImportProblem("a size of \(result.map(\.extent)) is not supported")
    }
    return result
  }

  /// The pixel that a new pixel is a copy of; in single precision, in which other runtimes decide between two that are as near.
  private func source(_ index: Int, _ axis: Resized, from extent: Int, _ rule: String, _ rounding: String) throws -> Int {
    let i = Float(index)
    let place: Float
    switch rule {
    case "asymmetric": place = i / axis.scale
    case "half_pixel": place = (i + 0.5) / axis.scale - 0.5
    case "pytorch_half_pixel": place = axis.extent > 1 ? (i + 0.5) / axis.scale - 0.5 : 0
    case "align_corners": place = axis.extent > 1 ? i * Float(extent - 1) / Float(axis.extent - 1) : 0
    default: throw ImportProblem("the rule '\(rule)' is not supported")
    }
    let near: Float
    switch rounding {
    case "old": near = place.rounded(axis.scale < 1 ? .up : .down)
    case "round_prefer_floor": near = (place - 0.5).rounded(.up)
    case "round_prefer_ceil": near = (place + 0.5).rounded(.down)
    case "floor": near = place.rounded(.down)
    case "ceil": near = place.rounded(.up)
    default: throw ImportProblem("the rounding '\(rounding)' is not supported")
    }
    return min(max(Int(near), 0), extent - 1)
  }

  /// How often each pixel of height and width is repeated, if that is all.
  private func wholeFactors(_ places: [Int: [Int]], _ shape: [Int]) -> [Int]? {
    guard places[0] == nil, places[1] == nil, !places.isEmpty else { return nil }
    var factors = [1, 1]
    for axis in 2..<4 {
      guard let row = places[axis] else { continue }
      let factor = row.count / shape[axis]
      guard factor > 0, row == (0..<(shape[axis] * factor)).map({ $0 / factor }) else { return nil }
      factors[axis - 2] = factor
    }
    return factors
  }

  // MARK: Blocks of pixels

  private func blocks(_ node: NodeReader) throws -> (x: Traced, block: Int) {
    guard case .traced(let x) = try node.input(0), x.shape.count == 4 else { throw ImportProblem("it works on pictures") }
    let block = try node.integer("blocksize", 0)
    guard 1...4096 ~= block else { throw ImportProblem("'blocksize' is \(block)") }
    try Extents.check(Array(x.shape.dropFirst()))
    return (x, block)
  }

  mutating func depthToSpace(_ node: NodeReader) throws -> [ImportedValue] {
    let (x, block) = try blocks(node)
    let (n, c, h, w) = (x.shape[0], x.shape[1] / (block * block), x.shape[2], x.shape[3])
    guard c * block * block == x.shape[1] else { throw ImportProblem("\(x.shape[1]) channels are no blocks of \(block)") }
    let isChannelFirst = try node.text("mode", "DCR") == "CRD"
    let split = try reshaped(.traced(x), to: isChannelFirst ? [n, c, block, block, h, w] : [n, block, block, c, h, w])
    let moved = try transposed(split, isChannelFirst ? [0, 1, 4, 2, 5, 3] : [0, 3, 4, 1, 5, 2])
    return [try reshaped(moved, to: [n, c, h * block, w * block])]
  }

  mutating func spaceToDepth(_ node: NodeReader) throws -> [ImportedValue] {
    let (x, block) = try blocks(node)
    let (n, c, h, w) = (x.shape[0], x.shape[1], x.shape[2] / block, x.shape[3] / block)
    guard h * block == x.shape[2], w * block == x.shape[3] else {
      throw ImportProblem("\(x.shape) is no whole number of blocks of \(block)")
    }
    let split = try reshaped(.traced(x), to: [n, c, h, block, w, block])
    return [try reshaped(try transposed(split, [0, 3, 5, 1, 2, 4]), to: [n, c * block * block, h, w])]
  }
}
