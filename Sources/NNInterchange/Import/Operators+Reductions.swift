extension Operators {
  static let reductions: [String: Operator] = [
    "ReduceSum": reduction("sum", keepsWhole: true), "ReduceMax": reduction("max", keepsWhole: true),
    "ReduceMin": reduction("min", keepsWhole: true), "ReduceProd": reduction("prod", keepsWhole: true),
    "ReduceL1": reduction("sum", before: "abs", keepsWhole: true), "ReduceSumSquare": reduction("sum", before: "square", keepsWhole: true),
    "ReduceMean": reduction("mean"), "ReduceL2": reduction("norm"), "ReduceLogSumExp": reduction("logsumexp"),
    "ReduceLogSum": reduction("sum", after: "log"),
    "ArgMax": Operator(["axis", "keepdims", "select_last_index"]) { importer, node in try importer.argmax(node, of: { $0 }) },
    "ArgMin": Operator(["axis", "keepdims", "select_last_index"]) { importer, node in try importer.argmax(node, of: { .negation($0) }) },
    "Softmax": Operator(["axis"]) { importer, node in try importer.alongAxis("softmax", node) },
    "LogSoftmax": Operator(["axis"]) { importer, node in try importer.alongAxis("log_softmax", node) },
    "LpNormalization": Operator(["axis", "p"]) { importer, node in
      guard try node.integer("p", 2) == 2 else { throw ImportProblem("attribute 'p' of \(try node.integer("p", 2)) is not supported") }
      return try importer.alongAxis("normalize", node)
    },
  ]

  private static func reduction(
    _ function: String, before: String? = nil, after: String? = nil, keepsWhole: Bool = false
  ) -> Operator {
    let form = Reduction(function: function, before: before, after: after, keepsWhole: keepsWhole)
    return Operator(["axes", "keepdims", "noop_with_empty_axes"]) { importer, node in try importer.reduced(node, form) }
  }
}

/// What an operator that reduces does with numbers.
private struct Reduction {
  var function: String
  /// What is done with each before, and with the result.
  var before: String?
  var after: String?
  /// Whether it makes whole numbers of whole ones.
  var keepsWhole: Bool

  /// Whether it leaves a single number as it is.
  var keepsOne: Bool { before == nil && after == nil && function != "norm" }
}

extension Importer {
  /// Axes of the file as those of one example.
  private func localAxes(_ axes: [Int], _ x: Traced) throws -> [Int] {
    try axes.map { axis in
      guard let local = x.localAxis(axis) else { throw ImportProblem("it reduces the examples of a batch") }
      return local
    }.sorted()
  }

  private func axisArgument(_ axes: [Int], of rank: Int, standard: Int? = nil) -> [Phrase.Argument] {
    if standard == nil ? axes == Array(0..<rank) : axes == standard.map({ [$0] }) { return [] }
    return [.init(label: "axis", phrase: axes.count == 1 ? .whole(axes[0]) : .list(axes))]
  }

  fileprivate mutating func reduced(_ node: NodeReader, _ form: Reduction) throws -> [ImportedValue] {
    let x = try x(node)
    let isWhole = x.kind != .real && x.kind != .truth
    guard form.keepsWhole || !isWhole else { throw ImportProblem("of whole numbers it is not supported") }
    let kind = isWhole ? Traced.Kind.integer : .real
    guard let axes = try ShapeRules.reducedAxes(node, rank: x.shape.count) else {
      guard form.keepsOne else { throw ImportProblem("it reduces no axes, of which runtimes make different things") }
      return [.traced(x)]
    }
    let operand = form.before.map { script.add(.call($0, x.phrase)) } ?? x.phrase
    let isKept = try node.flag("keepdims", true)
    let local = try localAxes(axes, x)
    let shape = ShapeRules.reduced(x.shape, over: axes, keepsAxes: isKept)
    let batch = x.batch.map { old in
      old.at(isKept ? old.axis : old.axis - axes.count { $0 < old.axis })
    }
    var call = Phrase.Call(function: form.function, arguments: [.init(label: nil, phrase: operand)])
    if form.function == "mean", !isKept, x.local.count == 3, local == [1, 2] {
      call.function = "global_avgpool"
    } else {
      call.arguments += axisArgument(local, of: x.local.count)
      if isKept { call.arguments.append(.init(label: "keep", phrase: .text("true"))) }
    }
    let phrase = form.after.map { Phrase.call($0, script.add(.call(call))) } ?? .call(call)
    return [try result(phrase, shape, batch, kind)]
  }

  fileprivate mutating func argmax(_ node: NodeReader, of make: (Phrase) -> Phrase) throws -> [ImportedValue] {
    let x = try x(node)
    if try node.flag("select_last_index", false) { throw ImportProblem("attribute 'select_last_index' is not supported") }
    let axis = try node.integer("axis", 0).axis(of: x.shape.count)
    let isKept = try node.flag("keepdims", true)
    let local = try localAxes([axis], x)
    var shape = x.shape
    if isKept { shape[axis] = 1 } else { shape.remove(at: axis) }
    let batch = x.batch.map { $0.at(!isKept && $0.axis > axis ? $0.axis - 1 : $0.axis) }
    var call = Phrase.Call(function: "argmax", arguments: [.init(label: nil, phrase: make(x.phrase))])
    call.arguments += axisArgument(local, of: x.local.count, standard: x.local.count - 1)
    let has = x.local.indices.filter { !local.contains($0) }.map { x.local[$0] }
    return [try result(.call(call), has: has, shape, batch, .integer)]
  }

  /// A function along one axis; before version 13 along all axes from one on.
  fileprivate mutating func alongAxis(_ function: String, _ node: NodeReader) throws -> [ImportedValue] {
    let x = try x(node)
    let isOld = node.opset < 13 && function != "normalize"
    let axis = try node.integer("axis", isOld ? 1 : -1).axis(of: x.shape.count)
    let local = try localAxes(isOld ? Array(axis..<x.shape.count) : [axis], x)
    var call = Phrase.Call(function: function, arguments: [.init(label: nil, phrase: x.phrase)])
    call.arguments += axisArgument(local, of: x.local.count, standard: x.local.count - 1)
    return [try result(.call(call), x.shape, x.batch)]
  }
}
