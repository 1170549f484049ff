extension Operators {
  private static let window = ["kernel_shape", "strides", "pads", "dilations", "auto_pad"]

  static let windows: [String: Operator] = [
    "Conv": Operator(window + ["group"]) { importer, node in try importer.convolution(node) },
    "ConvTranspose": Operator(window + ["group", "output_padding"]) { importer, node in try importer.transposedConvolution(node) },
    "MaxPool": Operator(window + ["ceil_mode", "storage_order"]) { importer, node in try importer.maxPool(node) },
    "AveragePool": Operator(window + ["ceil_mode", "count_include_pad"]) { importer, node in try importer.averagePool(node) },
    "GlobalAveragePool": Operator { importer, node in try importer.globalPool("global_avgpool", node) },
    "GlobalMaxPool": Operator { importer, node in try importer.globalPool("global_maxpool", node) },
    "LRN": Operator(["alpha", "beta", "bias", "size"]) { importer, node in try importer.localNormalization(node) },
    "Resize": Operator([
      "mode", "coordinate_transformation_mode", "nearest_mode", "axes", "antialias", "cubic_coeff_a", "exclude_outside",
      "extrapolation_value", "keep_aspect_ratio_policy",
    ]) {
      importer, node in try importer.resize(node)
    },
    "Upsample": Operator(["mode", "scales"]) { importer, node in try importer.resize(node) },
  ]
}

/// How windows lie over height and width; a length counts as a picture of height 1.
struct WindowGeometry {
  var kernel: [Int]
  var stride: [Int]
  var dilation: [Int]
  var before: [Int]
  var after: [Int]
  /// Of the picture.
  let extents: [Int]
  private(set) var isSame = false

  init(_ node: NodeReader, shape: [Int], kernel standard: [Int]?) throws {
    let axes = shape.count - 2
    try Extents.check(Array(shape.suffix(axes)))
    extents = [Int](repeating: 1, count: 2 - axes) + shape.suffix(axes)
    func planar(_ name: String, _ standard: Int) throws -> [Int] {
      let given = try node.integers(name) ?? [Int](repeating: standard, count: axes)
      guard given.count == axes, given.allSatisfy({ 0..<(1 << 31) ~= $0 }) else { throw ImportProblem("'\(name)' is \(given)") }
      return [Int](repeating: standard == 0 ? 0 : 1, count: 2 - axes) + given
    }
    guard let size = try node.has("kernel_shape") ? planar("kernel_shape", 1) : standard else {
      throw ImportProblem("'kernel_shape' is missing")
    }
    guard size.count == 2 else { throw ImportProblem("a kernel of \(size)") }
    kernel = size
    (stride, dilation) = (try planar("strides", 1), try planar("dilations", 1))
    guard (kernel + stride + dilation).allSatisfy({ 1..<(1 << 24) ~= $0 }) else {
      throw ImportProblem("windows of \(kernel), \(stride) apart")
    }
    let pads = try node.integers("pads") ?? [Int](repeating: 0, count: 2 * axes)
    guard pads.count == 2 * axes, pads.allSatisfy({ 0..<(1 << 24) ~= $0 }) else { throw ImportProblem("'pads' is \(pads)") }
    before = [Int](repeating: 0, count: 2 - axes) + pads.prefix(axes)
    after = [Int](repeating: 0, count: 2 - axes) + pads.suffix(axes)
    try padAutomatically(try node.text("auto_pad", "NOTSET"))
  }

  private mutating func padAutomatically(_ mode: String) throws {
    guard mode != "NOTSET" else { return }
    guard ["VALID", "SAME_UPPER", "SAME_LOWER"].contains(mode) else { throw ImportProblem("'auto_pad' is '\(mode)'") }
    for axis in 0..<2 {
      let count = (extents[axis] + stride[axis] - 1) / stride[axis]
      let total = mode == "VALID" ? 0 : max((count - 1) * stride[axis] + reach(axis) - extents[axis], 0)
      before[axis] = mode == "SAME_LOWER" ? total - total / 2 : total / 2
      after[axis] = total - before[axis]
    }
    isSame = mode == "SAME_UPPER"
  }

  func reach(_ axis: Int) -> Int { (kernel[axis] - 1) * dilation[axis] + 1 }

  /// The number of windows along an axis. Rounded up, the last one reaches over the end, but never begins behind it.
  func count(_ axis: Int, roundedUp: Bool = false) throws -> Int {
    let room = extents[axis] + before[axis] + after[axis] - reach(axis)
    guard room >= 0 else { throw ImportProblem("windows of \(kernel) do not fit into \(extents)") }
    var count = roundedUp ? (room + stride[axis] - 1) / stride[axis] + 1 : room / stride[axis] + 1
    if roundedUp, (count - 1) * stride[axis] >= extents[axis] + before[axis] { count -= 1 }
    return count
  }

  /// What the last window reaches over the end, padding included.
  func excess(_ axis: Int, count: Int) -> Int {
    max((count - 1) * stride[axis] + reach(axis) - extents[axis] - before[axis] - after[axis], 0)
  }

  var isPadded: Bool { (before + after).contains { $0 > 0 } }

  /// `stride:`, `pad:` and `dilation:` as far as they are not what they would be anyway.
  func arguments(stride standard: [Int]) -> [Phrase.Argument] {
    var arguments: [Phrase.Argument] = []
    if stride != standard { arguments.append(.init(label: "stride", phrase: .extent(stride))) }
    if isPadded { arguments.append(.init(label: "pad", phrase: isSame ? .text("same") : .extent(before))) }
    if dilation != [1, 1] { arguments.append(.init(label: "dilation", phrase: .extent(dilation))) }
    return arguments
  }
}

extension Importer {
  /// A picture as [channels, height, width].
  private mutating func planar(_ x: Traced) -> Phrase {
    guard x.shape.count == 3 else { return x.phrase }
    return reshaping(x.phrase, x.local, [x.local[0], 1, x.local[1]])
  }

  /// A layer's result of `channels` and `counts`, as the file has it.
  private mutating func picture(_ phrase: Phrase, like x: Traced, channels: Int, _ counts: [Int]) throws -> ImportedValue {
    let axes = x.shape.count - 2
    return try result(phrase, has: [channels] + counts, [examples, channels] + counts.suffix(axes), x.batch)
  }

  /// Zeros around a picture that a layer cannot add itself.
  private mutating func surrounded(_ picture: Phrase, _ before: [Int], _ after: [Int]) -> Phrase {
    let amounts = [0, 0, before[0], after[0], before[1], after[1]]
    return amounts.contains { $0 > 0 } ? script.add(.call("pad", picture, ("amounts", .list(amounts)))) : picture
  }

  fileprivate mutating func convolution(_ node: NodeReader) throws -> [ImportedValue] {
    let x = try image(node)
    let (weight, bias) = (try weight(node, 1, rank: x.shape.count), try node.constant(2, "B"))
    let kernel = [Int](repeating: 1, count: 4 - x.shape.count) + weight.shape.dropFirst(2)
    var geometry = try WindowGeometry(node, shape: x.shape, kernel: kernel)
    let (channels, groups) = (weight.shape[0], try node.integer("group", 1))
    guard groups >= 1, x.shape[1] == weight.shape[1] * groups, geometry.kernel == kernel else {
      throw ImportProblem("weights of \(weight.shape) in \(groups) groups do not fit \(x.shape)")
    }
    let counts = try (0..<2).map { try geometry.count($0) }
    var picture = planar(x)
    if geometry.before != geometry.after, !geometry.isSame {
      picture = surrounded(picture, geometry.before, geometry.after)
      (geometry.before, geometry.after) = ([0, 0], [0, 0])
    }
    let call = try layer(
      "conv", picture, channels, geometry, groups,
      weight: Weight(role: "weight", shape: weight.shape.prefix(2) + kernel, numbers: weight.numbers()),
      bias, key: weight.name)
    return [try self.picture(.call(call), like: x, channels: channels, counts)]
  }

  private func weight(_ node: NodeReader, _ index: Int, rank: Int) throws -> Constant {
    guard let weight = try node.constant(index, "W"), weight.shape.count == rank else {
      throw ImportProblem("its weights do not fit its input")
    }
    return weight
  }

  private func layer(
    _ function: String, _ x: Phrase, _ channels: Int, _ geometry: WindowGeometry, _ groups: Int, weight: Weight, _ bias: Constant?,
    key: String,
    more: [Phrase.Argument] = []
  ) throws -> Phrase.Call {
    var arguments = [Phrase.Argument(label: nil, phrase: x), .init(label: nil, phrase: .whole(channels))]
    arguments.append(.init(label: "kernel", phrase: .extent(geometry.kernel)))
    arguments += geometry.arguments(stride: [1, 1]) + more
    if groups != 1 { arguments.append(.init(label: "groups", phrase: .whole(groups))) }
    if bias == nil { arguments.append(.init(label: "bias", phrase: .text("false"))) }
    var call = Phrase.Call(function: function, arguments: arguments, weights: [weight])
    if let bias {
      guard bias.count == channels else { throw ImportProblem("a bias of \(bias.shape) does not fit \(channels) channels") }
      call.weights.append(Weight(role: "bias", shape: [channels], numbers: try bias.numbers()))
    }
    call.sharing = "\(key) \(bias?.name ?? "") \(arguments.dropFirst())"
    return call
  }

  fileprivate mutating func transposedConvolution(_ node: NodeReader) throws -> [ImportedValue] {
    let x = try image(node)
    let (weight, bias) = (try weight(node, 1, rank: x.shape.count), try node.constant(2, "B"))
    guard try ["NOTSET", "VALID"].contains(node.text("auto_pad", "NOTSET")) else { throw ImportProblem("'auto_pad' is not supported here") }
    let kernel = [Int](repeating: 1, count: 4 - x.shape.count) + weight.shape.dropFirst(2)
    let geometry = try WindowGeometry(node, shape: x.shape, kernel: kernel)
    let groups = try node.integer("group", 1)
    guard groups >= 1, x.shape[1] == weight.shape[0], weight.shape[0] % groups == 0, geometry.kernel == kernel else {
      throw ImportProblem("weights of \(weight.shape) in \(groups) groups do not fit \(x.shape)")
    }
    guard geometry.before == geometry.after else { throw ImportProblem("different 'pads' at both ends are not supported") }
    let channels = weight.shape[1] * groups
    let given = try node.integers("output_padding") ?? []
    guard given.count <= 2, given.allSatisfy({ 0..<(1 << 24) ~= $0 }) else { throw ImportProblem("'output_padding' is \(given)") }
    let extra = [Int](repeating: 0, count: 2 - given.count) + given
    let counts = (0..<2).map { axis in
      (geometry.extents[axis] - 1) * geometry.stride[axis] + geometry.reach(axis) + extra[axis] - 2 * geometry.before[axis]
    }
    guard counts.allSatisfy({ $0 > 0 }) else { throw ImportProblem("nothing is left of \(geometry.extents)") }
    let more = extra == [0, 0] ? [] : [Phrase.Argument(label: "output_pad", phrase: .extent(extra))]
    let call = try layer(
      "conv_transpose", planar(x), channels, geometry, groups,
      weight: Weight(role: "weight", shape: weight.shape.prefix(2) + kernel, numbers: weight.numbers()), bias, key: weight.name, more: more)
    return [try picture(.call(call), like: x, channels: channels, counts)]
  }

  // MARK: Pools

  private func pool(_ function: String, _ x: Phrase, _ geometry: WindowGeometry) -> Phrase {
    let size = Phrase.Argument(label: nil, phrase: .extent(geometry.kernel))
    return .call(
      Phrase.Call(function: function, arguments: [.init(label: nil, phrase: x), size] + geometry.arguments(stride: geometry.kernel)))
  }

  private func poolGeometry(_ node: NodeReader, _ x: Traced) throws -> (WindowGeometry, counts: [Int], excess: [Int]) {
    let geometry = try WindowGeometry(node, shape: x.shape, kernel: nil)
    guard geometry.dilation == [1, 1] else { throw ImportProblem("attribute 'dilations' is not supported in pools") }
    let isRoundedUp = try node.flag("ceil_mode", false)
    let counts = try (0..<2).map { try geometry.count($0, roundedUp: isRoundedUp) }
    return (geometry, counts, (0..<2).map { geometry.excess($0, count: counts[$0]) })
  }

  /// Whether a pool of the language pads likewise.
  private func isPlain(_ geometry: WindowGeometry, _ excess: [Int]) -> Bool {
    excess == [0, 0] && (geometry.isSame || geometry.before == geometry.after)
      && (0..<2).allSatisfy { geometry.after[$0] < geometry.kernel[$0] }
  }

  fileprivate mutating func maxPool(_ node: NodeReader) throws -> [ImportedValue] {
    let x = try image(node)
    var (geometry, counts, excess) = try poolGeometry(node, x)
    var picture = planar(x)
    if !isPlain(geometry, excess) {
      let extents = [x.shape[1]] + geometry.extents
      let traced = Traced(phrase: picture, shape: [examples] + extents, batch: BatchAxis(axis: 0), examples: examples)
      let after = zip(geometry.after, excess).map { $0 + $1 }
      let wide = try padded(.traced(traced), before: [0, 0] + geometry.before, after: [0, 0] + after, with: -.infinity)
      picture = try self.traced(wide).phrase
      (geometry.before, geometry.after) = ([0, 0], [0, 0])
    }
    return [try self.picture(pool("maxpool", picture, geometry), like: x, channels: x.shape[1], counts)]
  }

  fileprivate mutating func averagePool(_ node: NodeReader) throws -> [ImportedValue] {
    let x = try image(node)
    var (geometry, counts, excess) = try poolGeometry(node, x)
    let countsPadding = try node.flag("count_include_pad", false)
    let original = geometry
    var picture = planar(x)
    if !isPlain(geometry, excess) {
      picture = surrounded(picture, geometry.before, zip(geometry.after, excess).map { $0 + $1 })
      (geometry.before, geometry.after) = ([0, 0], [0, 0])
    }
    var mean = pool("avgpool", picture, geometry)
    if excess != [0, 0] || original.isPadded && !countsPadding {
      mean = .operation("/", script.add(mean), script.add(try share(original, countsPadding: countsPadding, excess)))
    }
    return [try self.picture(mean, like: x, channels: x.shape[1], counts)]
  }

  /// Which part of each window counts.
  private mutating func share(_ geometry: WindowGeometry, countsPadding: Bool, _ excess: [Int]) throws -> Phrase {
    var extents = geometry.extents
    var (before, after) = (geometry.before, zip(geometry.after, excess).map { $0 + $1 })
    if countsPadding {
      extents = (0..<2).map { extents[$0] + geometry.before[$0] + geometry.after[$0] }
      (before, after) = ([0, 0], excess)
    }
    var plain = geometry
    (plain.before, plain.after) = ([0, 0], [0, 0])
    let ones = script.add(.call("ones", .list([1] + extents)))
    return pool("avgpool", surrounded(ones, before, after), plain)
  }

  fileprivate mutating func globalPool(_ function: String, _ node: NodeReader) throws -> [ImportedValue] {
    let x = try image(node)
    let shape = [examples, x.shape[1]] + [Int](repeating: 1, count: x.shape.count - 2)
    return [try result(.call(function, planar(x)), has: [x.shape[1]], shape, x.batch)]
  }

  fileprivate mutating func localNormalization(_ node: NodeReader) throws -> [ImportedValue] {
    let x = try x(node)
    let size = try node.integer("size", 0)
    guard x.batch == BatchAxis(axis: 0), x.shape.count > 1, size % 2 == 1, 1...255 ~= size else {
      throw ImportProblem("a window of \(size) channels is not supported: odd sizes are")
    }
    let alpha = try node.float("alpha", 0.0001) / Double(size)
    let phrase = Phrase.call(
      "lrn", x.phrase, (nil, .whole(size)), ("alpha", .number(alpha)), ("beta", .number(try node.float("beta", 0.75))),
      ("k", .number(try node.float("bias", 1))))
    return [try result(phrase, x.shape, x.batch)]
  }
}
