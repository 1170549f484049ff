extension Operators {
  static let shapes: [String: Operator] = [
    "Shape": Operator(["start", "end"]) { importer, node in
      let shape = try importer.shape(of: try node.input(0))
      let (start, end) = (try node.integer("start", 0), try node.integer("end", shape.count))
      func bounded(_ place: Int) -> Int { min(max(place < 0 ? place + shape.count : place, 0), shape.count) }
      return [.constant(try importer.measured(Constant(integers: Array(shape[bounded(start)..<max(bounded(start), bounded(end))]))))]
    },
    "Size": Operator { importer, node in
      let count = try checkedCount(try importer.shape(of: try node.input(0)))
      return [.constant(try importer.measured(Constant([], .integer, [Double(count)])))]
    },
    "Constant": Operator(["value", "value_float", "value_floats", "value_int", "value_ints"]) { importer, node in
      [.constant(try importer.constant(node))]
    },
    "Reshape": Operator(["allowzero", "shape"]) { importer, node in
      let x = try importer.x(node)
      let target = try node.integers(1, or: "shape", saysShape: true) ?? []
      return [try importer.reshaped(.traced(x), to: try ShapeRules.reshaped(x.shape, target, allowsZero: node.flag("allowzero", false)))]
    },
    "Flatten": Operator(["axis"]) { importer, node in
      let x = try importer.x(node)
      let axis = try ShapeRules.flatteningAxis(node, rank: x.shape.count)
      let shape = [try checkedCount(Array(x.shape.prefix(axis))), try checkedCount(Array(x.shape.dropFirst(axis)))]
      return [try importer.reshaped(.traced(x), to: shape)]
    },
    "Squeeze": Operator(["axes"]) { importer, node in
      let x = try importer.x(node)
      return [try importer.reshaped(.traced(x), to: try ShapeRules.squeezed(x.shape, node.integers(1, or: "axes")))]
    },
    "Unsqueeze": Operator(["axes"]) { importer, node in
      let x = try importer.x(node)
      return [try importer.reshaped(.traced(x), to: try ShapeRules.unsqueezed(x.shape, node.integers(1, or: "axes") ?? []))]
    },
    "Transpose": Operator(["perm"]) { importer, node in
      let x = try importer.x(node)
      return [try importer.transposed(.traced(x), try ShapeRules.permutation(node, rank: x.shape.count))]
    },
    "Expand": Operator { importer, node in try importer.expand(node) },
    "Tile": Operator { importer, node in try importer.tile(node) },
    "Concat": Operator(["axis"]) { importer, node in try importer.concat(node) },
    "Split": Operator(["axis", "split", "num_outputs"]) { importer, node in try importer.split(node) },
    "Slice": Operator(["starts", "ends", "axes"]) { importer, node in
      let x = try importer.x(node)
      var value = ImportedValue.traced(x)
      for (axis, slice) in try ShapeRules.slices(node, x.shape).enumerated() where slice.count != x.shape[axis] || slice.step != 1 {
        value = try importer.taken(value, axis: axis, slice)
      }
      return [value]
    },
    "Gather": Operator(["axis"]) { importer, node in try importer.gather(node) },
    "Pad": Operator(["mode", "pads", "value"]) { importer, node in try importer.pad(node) },
    "DepthToSpace": Operator(["blocksize", "mode"]) { importer, node in try importer.depthToSpace(node) },
    "SpaceToDepth": Operator(["blocksize"]) { importer, node in try importer.spaceToDepth(node) },
  ]
}

extension Importer {
  fileprivate func shape(of value: ImportedValue) throws -> [Int] {
    switch value {
    case .traced(let traced): return traced.shape
    case .constant(let constant): return constant.shape
    case .failed: throw ImportProblem("it depends on what cannot be brought over")
    }
  }

  /// What was found of a shape, marked where it tells how many examples there are.
  fileprivate func measured(_ constant: Constant) throws -> Constant {
    var result = constant
    result.tellsExamples = try examples == Self.openExamples && constant.countsExamples()
    return result
  }

  fileprivate func constant(_ node: NodeReader) throws -> Constant {
    for attribute in node.node.attributes {
      switch attribute.value {
      case .tensor(let tensor): return try tensor.constant(load)
      case .float(let number): return Constant([], .real, [number])
      case .floats(let numbers): return Constant([numbers.count], .real, numbers)
      case .integer(let number): return Constant([], .integer, [Double(number)])
      case .integers(let numbers): return Constant(integers: numbers)
      default: continue
      }
    }
    throw ImportProblem("it has no value")
  }

  /// Another shape of the file; the examples stay an axis of their own, or the first part of one.
  mutating func reshaped(_ value: ImportedValue, to shape: [Int]) throws -> ImportedValue {
    let x = try traced(value)
    guard x.shape != shape else { return value }
    guard let old = x.batch else { return try result(reshaping(x.phrase, x.shape, shape), shape, nil, x.kind) }
    let found = try batchAxis(in: shape, behind: try checkedCount(Array(x.shape.prefix(old.axis))) * old.before)
    guard let batch = found else { throw ImportProblem("\(open(x.shape)) becomes \(open(shape)), which mixes the examples of a batch") }
    let local = Traced.local(shape, batch, examples)
    guard local != x.local else {
      return .traced(Traced(phrase: x.phrase, shape: shape, batch: batch, kind: x.kind, examples: examples))
    }
    return try result(reshaping(x.phrase, x.local, local), shape, batch, x.kind)
  }

  /// The axis of a new shape that the examples are on, if `behind` other things are counted before them.
  private func batchAxis(in shape: [Int], behind count: Int) throws -> BatchAxis? {
    var found: [(rank: Int, batch: BatchAxis)] = []
    for axis in shape.indices {
      let outer = try checkedCount(Array(shape.prefix(axis)))
      guard outer > 0, count % outer == 0 else { continue }
      let before = count / outer
      guard shape[axis] % max(before * examples, 1) == 0 else { continue }
      let isMerged = shape[axis] != examples || before > 1
      // A single example could be anywhere: most likely by itself, and hardly within the last axis.
      let rank = !isMerged ? 0 : before > 1 ? 2 : axis < shape.count - 1 ? 1 : 3
      found.append((rank, BatchAxis(axis: axis, isMerged: isMerged, before: before)))
    }
    return found.min { $0.rank < $1.rank }?.batch
  }

  /// A shape as a user knows it.
  private func open(_ shape: [Int]) -> String {
    let texts = shape.map { extent in
      guard examples == Self.openExamples, extent % examples == 0 else { return "\(extent)" }
      return extent == examples ? "batch" : "\(extent / examples) batch"
    }
    return "[\(texts.joined(separator: ", "))]"
  }

  mutating func transposed(_ value: ImportedValue, _ permutation: [Int]) throws -> ImportedValue {
    guard permutation != permutation.sorted() else { return value }
    let x = try traced(value)
    guard permutation.count == x.shape.count else { throw ImportProblem("\(permutation) is no order of \(x.shape.count) axes") }
    let shape = permutation.map { x.shape[$0] }
    let batch = x.batch.map { old in old.at(permutation.firstIndex(of: old.axis) ?? 0) }
    let isMerged = x.batch?.isMerged ?? false
    let order = permutation.compactMap { axis in axis == x.batch?.axis && isMerged ? axis : x.localAxis(axis) }
    guard order != order.sorted() else {
      return .traced(Traced(phrase: x.phrase, shape: shape, batch: batch, kind: x.kind, examples: examples))
    }
    return try result(transposing(x.phrase, order), shape, batch, x.kind)
  }

  /// Another order of axes; of a tensor that was transposed, from its order before that.
  private mutating func transposing(_ phrase: Phrase, _ order: [Int]) -> Phrase {
    var (source, order) = (phrase, order)
    if let before = transposed[phrase.line ?? -1] { (source, order) = (before.source, order.map { before.order[$0] }) }
    if order == order.sorted() { return source }
    let isReversed = order == order.sorted().reversed()
    let made = script.add(isReversed ? .call("transpose", source) : .call("transpose", source, ("axes", .list(order))))
    if let line = made.line { transposed[line] = (source, order) }
    return made
  }

  fileprivate mutating func expand(_ node: NodeReader) throws -> [ImportedValue] {
    let target = try node.constant(1, "shape", saysShape: true)?.list() ?? []
    if case .constant(let constant) = try node.input(0), let number = constant.uniform, !constant.isWeight || constant.count == 1 {
      return [.constant(Constant(try broadcast([constant.shape, target]), constant.kind, everywhere: number))]
    }
    return try expanded(try x(node), to: target)
  }

  private mutating func expanded(_ x: Traced, to target: [Int]) throws -> [ImportedValue] {
    let shape = try broadcast([x.shape, target])
    guard shape != x.shape else { return [.traced(x)] }
    if let fromEnd = x.batchFromEnd {
      let batch = x.batch?.at(shape.count - fromEnd)
      return [try result(x.phrase, has: x.local, shape, batch, x.kind)]
    }
    guard let axis = shape.firstIndex(of: examples), examples > 1 else { return [try result(x.phrase, has: x.shape, shape, nil, x.kind)] }
    var local = x.shape
    let own = axis - (shape.count - x.shape.count)
    if own >= 0 { local.remove(at: own) }
    var phrase = x.phrase
    if own >= 0, x.shape.count > 1 { phrase = script.add(.call("reshape", phrase, (nil, .list(local)))) }
    if own >= 0, local.isEmpty { phrase = script.add(.index(phrase, "0")) }
    return [try result(phrase, has: local, shape, BatchAxis(axis: axis), x.kind)]
  }

  fileprivate mutating func tile(_ node: NodeReader) throws -> [ImportedValue] {
    let x = try x(node)
    let repeats = try node.constant(1, "repeats", saysShape: true)?.list() ?? []
    guard repeats.count == x.shape.count else { throw ImportProblem("it repeats \(repeats.count) axes of \(x.shape.count)") }
    if zip(repeats, x.shape).allSatisfy({ $0 == 1 || $1 == 1 && $0 > 0 }) {
      return try expanded(x, to: zip(repeats, x.shape).map { max($0, $1) })
    }
    var value = ImportedValue.traced(x)
    for (axis, count) in repeats.enumerated() where count != 1 {
      guard 1...256 ~= count else { throw ImportProblem("\(count) repetitions are not supported") }
      value = try joined([ImportedValue](repeating: value, count: count), axis: axis)
    }
    return [value]
  }
}
