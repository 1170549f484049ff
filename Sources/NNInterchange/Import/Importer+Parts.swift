/// Parts of tensors, and tensors made of parts.
extension Importer {
  private static var mostParts: Int { 256 }

  func concatAxis(_ node: NodeReader, rank: Int) throws -> Int { try node.integer("axis", 0).axis(of: rank) }

  mutating func concat(_ node: NodeReader) throws -> [ImportedValue] {
    let inputs = try node.inputs.indices.map { try node.input($0) }
    let rank = try inputs.first.map { try traced($0).shape.count } ?? 0
    return [try joined(inputs, axis: try concatAxis(node, rank: rank))]
  }

  /// Tensors one after the other along an axis of the file.
  mutating func joined(_ values: [ImportedValue], axis: Int) throws -> ImportedValue {
    if values.count == 1 { return values[0] }
    let parts = try values.map { try traced($0) }
    guard let model = parts.first(where: { $0.batch != nil }) ?? parts.first else { throw ImportProblem("it joins nothing") }
    var shape = model.shape
    guard shape.indices.contains(axis) else { throw ImportProblem("there is no axis \(axis) in \(shape)") }
    guard let local = model.localAxis(axis) else { throw ImportProblem("it joins examples to a larger batch") }
    shape[axis] = 0
    var phrases: [Phrase] = []
    for part in parts {
      guard part.shape.count == shape.count, shape.indices.allSatisfy({ $0 == axis || part.shape[$0] == shape[$0] || part.batch == nil })
      else { throw ImportProblem("shapes \(parts.map(\.shape)) cannot be joined along axis \(axis)") }
      guard part.batch == model.batch || part.batch == nil else { throw ImportProblem("its inputs have the examples on different axes") }
      shape[axis] += part.shape[axis]
      phrases.append(try constantPart(part, like: model))
    }
    let call = Phrase.Call(
      function: "concat",
      arguments: phrases.map { Phrase.Argument(label: nil, phrase: $0) } + [Phrase.Argument(label: "axis", phrase: .whole(local))])
    return try result(.call(call), shape, model.batch, model.kind == .truth ? .truth : .real)
  }

  /// What is the same for all examples, without their axis.
  private mutating func constantPart(_ part: Traced, like model: Traced) throws -> Phrase {
    guard part.batch == nil, let batch = model.batch else { return part.phrase }
    var shape = part.shape
    guard !batch.isMerged, shape[batch.axis] == 1 else { throw ImportProblem("a constant differs between the examples of a batch") }
    shape.remove(at: batch.axis)
    return script.add(.call("reshape", part.phrase, (nil, .list(shape))))
  }

  mutating func split(_ node: NodeReader) throws -> [ImportedValue] {
    let x = try x(node)
    let axis = try node.integer("axis", 0).axis(of: x.shape.count)
    let count = try node.integer("num_outputs", node.node.outputs.count)
    guard 1...Self.mostParts ~= count else { throw ImportProblem("\(count) parts are not supported") }
    let size = (x.shape[axis] + count - 1) / count
    let even = (0..<count).map { min(size, x.shape[axis] - $0 * size) }
    let sizes = try node.integers(1, or: "split") ?? even
    guard sizes.allSatisfy({ 0...x.shape[axis] ~= $0 }), sizes.count <= Self.mostParts, sizes.reduce(0, { $0 &+ $1 }) == x.shape[axis]
    else {
      throw ImportProblem("parts of \(sizes) do not make \(x.shape[axis])")
    }
    var results: [ImportedValue] = []
    var start = 0
    for size in sizes {
      results.append(try taken(.traced(x), axis: axis, ShapeRules.Slice(start: start, step: 1, count: size)))
      start += size
    }
    return results
  }

  /// A run of places along an axis, which may be some apart or go backwards.
  mutating func taken(_ value: ImportedValue, axis: Int, _ slice: ShapeRules.Slice) throws -> ImportedValue {
    let x = try traced(value)
    guard let local = x.localAxis(axis) else { throw ImportProblem("it takes some examples of a batch") }
    guard slice.count > 0 else { throw ImportProblem("nothing is left of axis \(axis)") }
    var shape = x.shape
    shape[axis] = slice.count
    if slice.step == 1 {
      let end = slice.start + slice.count
      let range = (slice.start == 0 ? "" : "\(slice.start)") + "..<" + (end == x.shape[axis] ? "" : "\(end)")
      return slice.count == x.shape[axis] ? value : try result(.index(x.phrase, Self.index(range, at: local)), shape, x.batch, x.kind)
    }
    guard slice.count <= Self.mostParts else { throw ImportProblem("\(slice.count) places that are apart are too many") }
    return try taken(value, axis: axis, places: slice.places)
  }

  private static func index(_ place: String, at axis: Int) -> String {
    ([String](repeating: ":", count: axis) + [place]).joined(separator: ", ")
  }

  /// Any places along an axis, as runs of neighbours side by side.
  mutating func taken(_ value: ImportedValue, axis: Int, places: [Int]) throws -> ImportedValue {
    var runs: [ShapeRules.Slice] = []
    for place in places {
      if let last = runs.last, last.start + last.count == place {
        runs[runs.count - 1].count += 1
      } else {
        runs.append(ShapeRules.Slice(start: place, step: 1, count: 1))
      }
      guard runs.count <= Self.mostParts else { throw ImportProblem("more than \(Self.mostParts) runs of places are not supported") }
    }
    return try joined(try runs.map { try taken(value, axis: axis, $0) }, axis: axis)
  }

  mutating func gather(_ node: NodeReader) throws -> [ImportedValue] {
    let value = try node.input(0)
    if case .traced(let places) = try node.input(1) { return [try lookUp(value, places, node)] }
    let x = try traced(value)
    let axis = try node.integer("axis", 0).axis(of: x.shape.count)
    guard let indices = try node.constant(1, "indices") else { throw ImportProblem("it has no indices") }
    let places = try indices.integers().map { try ShapeRules.place($0, in: x.shape[axis]) }
    guard let local = x.localAxis(axis) else {
      if places.elementsEqual(0..<x.shape[axis]) || examples == 1 && indices.shape.isEmpty {
        return [try reshaped(value, to: Array(x.shape.prefix(axis)) + indices.shape + x.shape.dropFirst(axis + 1))]
      }
      throw ImportProblem("it takes some examples of a batch")
    }
    guard indices.shape.isEmpty else {
      let taken = try taken(value, axis: axis, places: places)
      return [try reshaped(taken, to: Array(x.shape.prefix(axis)) + indices.shape + x.shape.dropFirst(axis + 1))]
    }
    var shape = x.shape
    shape.remove(at: axis)
    if x.shape[axis] == 1 { return [try reshaped(value, to: shape)] }
    let batch = x.batch.map { $0.at($0.axis > axis ? $0.axis - 1 : $0.axis) }
    return [try result(.index(x.phrase, Self.index("\(places[0])", at: local)), shape, batch, x.kind)]
  }

  /// Rows of a table, by classes that the model is given.
  private mutating func lookUp(_ table: ImportedValue, _ places: Traced, _ node: NodeReader) throws -> ImportedValue {
    guard case .constant(let table) = table, table.shape.count == 2, try node.integer("axis", 0) == 0 else {
      throw ImportProblem("only rows of a table of weights can be looked up by data")
    }
    guard case .classes(let input) = places.kind, places.batch?.isMerged != true else {
      throw ImportProblem("rows can be looked up by an input of whole numbers only")
    }
    let (classes, size) = (table.shape[0], table.shape[1])
    if let known = script.inputs[input].classes, known != classes {
      throw ImportProblem("input '\(script.inputs[input].name)' looks up rows of \(known) here and \(classes) there")
    }
    script.inputs[input].classes = classes
    var call = Phrase.Call(
      function: "embedding", arguments: [.init(label: nil, phrase: places.phrase), .init(label: nil, phrase: .whole(size))])
    call.weights = [Weight(role: "weight", shape: table.shape, numbers: try table.numbers())]
    call.sharing = table.name
    return try result(.call(call), places.shape + [size], places.batch)
  }

  // MARK: Padding

  mutating func pad(_ node: NodeReader) throws -> [ImportedValue] {
    let x = try x(node)
    guard try node.text("mode", "constant") == "constant" else {
      throw ImportProblem("mode '\(try node.text("mode", ""))' is not supported")
    }
    let pads = try node.integers(1, or: "pads") ?? []
    let number = try node.constant(2, "value")?.numbers().first ?? node.float("value", 0)
    let axes = try node.constant(3, "axes")?.list() ?? Array(x.shape.indices)
    guard pads.count == 2 * axes.count else { throw ImportProblem("it has \(pads.count) amounts for \(axes.count) axes") }
    var (before, after) = (x.shape.map { _ in 0 }, x.shape.map { _ in 0 })
    for (index, axis) in axes.enumerated() {
      let place = try axis.axis(of: x.shape.count)
      (before[place], after[place]) = (pads[index], pads[axes.count + index])
    }
    return [try padded(.traced(x), before: before, after: after, with: number)]
  }

  /// Numbers around a tensor; where there are fewer than none, some of it goes.
  mutating func padded(_ value: ImportedValue, before: [Int], after: [Int], with number: Double) throws -> ImportedValue {
    var value = value
    for (axis, extent) in try traced(value).shape.enumerated() where min(before[axis], after[axis]) < 0 {
      let start = max(-before[axis], 0)
      value = try taken(value, axis: axis, ShapeRules.Slice(start: start, step: 1, count: extent - start - max(-after[axis], 0)))
    }
    let x = try traced(value)
    let (low, high) = (before.map { max($0, 0) }, after.map { max($0, 0) })
    guard (low + high).contains(where: { $0 > 0 }) else { return value }
    guard (low + high).allSatisfy({ $0 < 1 << 40 }) else { throw ImportProblem("it adds too much") }
    var amounts: [Int] = []
    for axis in x.shape.indices {
      if x.batch?.axis == axis {
        guard low[axis] + high[axis] == 0 else { throw ImportProblem("it adds examples to a batch") }
        if x.batch?.isMerged != true { continue }
      }
      amounts += [low[axis], high[axis]]
    }
    let shape = x.shape.indices.map { low[$0] + x.shape[$0] + high[$0] }
    let around = ("amounts" as String?, Phrase.extent(amounts))
    let zeros = script.add(.call("pad", x.phrase, around))
    guard number != 0 else { return try result(zeros, shape, x.batch, x.kind) }
    let inside = Phrase.call("pad", .call("ones", .list(x.local)), around)
    let finite = min(max(number, -0x1.fffffep127), 0x1.fffffep127)
    return try result(.call("where", inside, (nil, zeros), (nil, .number(finite))), shape, x.batch)
  }
}
