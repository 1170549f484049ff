extension Operators {
  static let normalizations: [String: Operator] = [
    "BatchNormalization": Operator(["epsilon", "momentum", "spatial", "training_mode"]) { importer, node in
      try importer.batchNormalization(node)
    },
    "LayerNormalization": Operator(["axis", "epsilon", "stash_type"]) { importer, node in try importer.layerNormalization(node) },
    "InstanceNormalization": Operator(["epsilon"]) { importer, node in
      let channels = try importer.x(node).shape.dropFirst().first ?? 1
      return try importer.groupNormalization(node, groups: channels)
    },
    "GroupNormalization": Operator(["epsilon", "num_groups", "stash_type"]) { importer, node in
      try importer.groupNormalization(node, groups: try node.integer("num_groups", 1))
    },
  ]
}

extension Importer {
  private func weight(_ node: NodeReader, _ index: Int, _ role: String, count: Int, repeating: Int = 1) throws -> Weight {
    guard let constant = try node.constant(index, role) else { throw ImportProblem("'\(role)' is missing") }
    guard constant.count == count / repeating else {
      throw ImportProblem("'\(role)' of \(constant.shape) does not fit \(count / repeating) places")
    }
    let numbers = try constant.numbers().flatMap { [Double](repeating: $0, count: repeating) }
    return Weight(role: role, shape: [count], numbers: numbers)
  }

  private func epsilon(_ node: NodeReader) throws -> [Phrase.Argument] {
    let epsilon = try node.float("epsilon", 1e-5)
    return Float(epsilon) == 1e-5 ? [] : [.init(label: "epsilon", phrase: .number(epsilon))]
  }

  fileprivate mutating func batchNormalization(_ node: NodeReader) throws -> [ImportedValue] {
    let x = try x(node)
    guard x.batch == BatchAxis(axis: 0), x.shape.count > 1 else { throw ImportProblem("the examples are not on its first axis") }
    let isForTraining = try node.flag("training_mode", false) || node.node.outputs.dropFirst().contains { !$0.isEmpty }
    guard !isForTraining, try node.flag("spatial", true) else { throw ImportProblem("it is made for training") }
    var call = Phrase.Call(function: "batchnorm", arguments: [.init(label: nil, phrase: x.phrase)])
    let momentum = 1 - (try node.float("momentum", 0.9))
    if abs(momentum - 0.1) > 1e-6 { call.arguments.append(.init(label: "momentum", phrase: .number(Double(Float(momentum))))) }
    call.arguments += try epsilon(node)
    for (index, role) in ["scale", "bias", "mean", "variance"].enumerated() {
      call.weights.append(try weight(node, index + 1, role, count: x.shape[1]))
    }
    return [try result(.call(call), x.shape, x.batch)]
  }

  fileprivate mutating func layerNormalization(_ node: NodeReader) throws -> [ImportedValue] {
    let x = try x(node)
    let axis = try node.integer("axis", -1).axis(of: x.shape.count)
    guard let first = x.localAxis(axis), x.batch.map({ $0.axis < axis }) ?? true else {
      throw ImportProblem("it reduces the examples of a batch")
    }
    let width = try checkedCount(Array(x.local.dropFirst(first)))
    let folded = Array(x.local.prefix(first)) + [width]
    let operand = folded == x.local ? x.phrase : reshaping(x.phrase, x.local, folded)
    var call = Phrase.Call(function: "layernorm", arguments: [.init(label: nil, phrase: operand)])
    call.arguments += try epsilon(node)
    call.weights = [try weight(node, 1, "scale", count: width)]
    let zeros = Weight(role: "bias", shape: [width], numbers: [Double](repeating: 0, count: width))
    call.weights.append(node.isGiven(2) ? try weight(node, 2, "bias", count: width) : zeros)
    return [try result(.call(call), has: folded, x.shape, x.batch)]
  }

  fileprivate mutating func groupNormalization(_ node: NodeReader, groups: Int) throws -> [ImportedValue] {
    let x = try x(node)
    guard x.batch == BatchAxis(axis: 0), x.shape.count > 1, groups > 0, x.shape[1] % groups == 0 else {
      throw ImportProblem("\(groups) groups do not fit \(x.shape)")
    }
    let channels = x.shape[1]
    let isPerGroup = node.node.type == "GroupNormalization" && node.opset < 21
    var call = Phrase.Call(
      function: "groupnorm", arguments: [.init(label: nil, phrase: x.phrase), .init(label: nil, phrase: .whole(groups))])
    call.arguments += try epsilon(node)
    let repeats = isPerGroup ? channels / groups : 1
    call.weights = [
      try weight(node, 1, "scale", count: channels, repeating: repeats), try weight(node, 2, "bias", count: channels, repeating: repeats),
    ]
    return [try result(.call(call), x.shape, x.batch)]
  }
}
