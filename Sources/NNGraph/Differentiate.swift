extension GraphBuilder {
  /// Reverse mode: the gradients of `output`, times `seed`, by each of `targets`. Zero where there is no path.
  package mutating func gradient(of output: Value, seed: Value, by targets: [Value]) -> [Value] {
    guard !targets.isEmpty else { return [] }
    let isOnPath = dependents(of: targets, upTo: output)
    var cotangents: [Int: Value] = [output.id: seed]
    let first = targets.map(\.id).min() ?? output.id
    for id in stride(from: output.id, through: first, by: -1) where isOnPath[id - first] {
      guard let cotangent = cotangents[id] else { continue }
      pullBack(cotangent, through: Value(id), isOnPath: isOnPath, first: first, into: &cotangents)
    }
    return targets.map { target in cotangents[target.id] ?? fill(0, type(target)) }
  }

  /// Forward mode: the tangents of `outputs`, given those of some values.
  package mutating func tangents(of outputs: [Value], along seeds: [Value: Value]) -> [Value] {
    let last = outputs.map(\.id).max() ?? -1
    var tangents: [Int: Value] = [:]
    for (value, seed) in seeds { tangents[value.id] = seed }
    let first = seeds.keys.map(\.id).min() ?? last + 1
    if first <= last {
      let isNeeded = graph.reachable(from: outputs)
      for id in first...last where tangents[id] == nil && isNeeded[id] { pushForward(Value(id), &tangents) }
    }
    return outputs.map { output in tangents[output.id] ?? fill(0, type(output)) }
  }

  private mutating func pullBack(
    _ cotangent: Value, through value: Value, isOnPath: [Bool], first: Int, into cotangents: inout [Int: Value]
  ) {
    let node = graph[value]
    guard node.inputs.contains(where: { $0.id >= first && isOnPath[$0.id - first] }) else { return }
    let previous = range
    range = node.range
    defer { range = previous }
    let contributions = node.operation.pullback(cotangent, inputs: node.inputs, output: value, in: &self)
    for (input, contribution) in zip(node.inputs, contributions) where input.id >= first && isOnPath[input.id - first] {
      guard let contribution else { continue }
      let fitted = fit(contribution, to: type(input), through: value)
      let total = cotangents[input.id].map { add($0, fitted) } ?? fitted
      cotangents[input.id] = total
      if let name = graph[input].name { self.name(total, "grad_" + name) }
    }
  }

  /// Sums a cotangent over what its input was broadcast along, after filling up what the cotangent itself leaves to broadcasting: along axes only by
  /// what broadcasts them. A part of a concatenation may have one element where the whole has many.
  private mutating func fit(_ cotangent: Value, to input: ValueType, through output: Value) -> Value {
    let current = type(cotangent)
    let target = ValueType(input.shape, isBatched: input.isBatched)
    if current == target { return cotangent }
    let wanted = broadcasts(output) ? shape(output) : input.shape
    let reached = current.shape.broadcast(with: wanted) ?? current.shape
    let isBroadcast = input.shape.broadcast(with: reached) == reached
    let full = isBroadcast ? ValueType(reached, isBatched: current.isBatched || type(output).isBatched) : current
    return expand(sum(expand(cotangent, to: full), downTo: target), to: target)
  }

  private func broadcasts(_ value: Value) -> Bool {
    if case .elementwise = operation(value).lowering { return true }
    return operation(value) is Expand
  }

  private mutating func pushForward(_ value: Value, _ tangents: inout [Int: Value]) {
    let node = graph[value]
    let given = node.inputs.map { tangents[$0.id] }
    guard given.contains(where: { $0 != nil }) else { return }
    let previous = range
    range = node.range
    defer { range = previous }
    guard let tangent = node.operation.pushforward(given, inputs: node.inputs, output: value, in: &self) else { return }
    tangents[value.id] = expand(tangent, to: ValueType(node.type.shape, isBatched: node.type.isBatched))
  }

  /// Which nodes between the first target and the output depend on a target, by number less the first target's.
  private func dependents(of targets: [Value], upTo output: Value) -> [Bool] {
    guard let first = targets.map(\.id).min(), first <= output.id else { return [] }
    var depends = [Bool](repeating: false, count: output.id - first + 1)
    for target in targets where target.id <= output.id { depends[target.id - first] = true }
    for id in first...output.id where !depends[id - first] {
      depends[id - first] = graph[Value(id)].inputs.contains { $0.id >= first && depends[$0.id - first] }
    }
    return depends
  }
}
