import NNGraph

/// What losses over classes take.
let classLossParameters = [
  FunctionParameter("scores", .tensor),
  FunctionParameter("target", .target),
  FunctionParameter("axis", .axes, named: true, default: "-1"),
  weightParameter,
]

/// What losses that compare numbers with numbers take.
let pairLossParameters = [FunctionParameter("x", .tensor), FunctionParameter("target", .target), weightParameter]

let weightParameter = FunctionParameter("weight", .tensor, named: true, default: "1")

let pairLossSamples = [
  Sample(["x": .tensor([5]), "target": .tensor([5])]),
  Sample(["x": .tensor([3, 5]), "target": .number(0.25)]),
  Sample(["x": .tensor([3, 5]), "target": .tensor([3, 5]), "weight": .tensor([3], 0.2...2.0)]),
  Sample(["x": .tensor([3, 5]), "target": .tensor([3, 5]), "weight": .tensor([5], 0.2...2.0)]),
]

extension FunctionCall {
  /// A class, a tensor or a number; a number becomes a constant.
  mutating func target(_ name: String = "target") -> Value {
    if let value = optionalValue(name) { return value }
    return graph.fill(number(name))
  }

  /// The number that a target is, if it is a single constant.
  mutating func constantTarget(_ name: String = "target") -> Double? {
    let value = target(name)
    return graph.shape(value).rank == 0 && !graph.type(value).isBatched ? graph.constant(value) : nil
  }

  /// The prediction `x` and its target: of equal shapes, or the target one number for all.
  mutating func comparedPair() throws(CallError) -> (x: Value, target: Value) {
    let x = value("x")
    let target = target()
    guard graph.type(target).element == .real else {
      throw CallError("this loss compares numbers, but its target is a class", at: "target", help: "one_hot(...) makes numbers of a class")
    }
    let shapes = (graph.shape(x), graph.shape(target))
    guard shapes.0 == shapes.1 || constantTarget() != nil else {
      throw CallError(
        "a loss compares equal shapes, or a tensor with one constant number, but has \(shapes.0) and \(shapes.1)", at: "target")
    }
    if let reached = graph.operation(x).bounds { graph.expect(target, in: reached) }
    return (x, target)
  }

  /// The sum over all elements of what a loss finds at each, weighted.
  mutating func weightedSum(_ elements: Value) throws(CallError) -> Value {
    let shape = graph.shape(elements)
    let weighted = try weight(for: shape, axis: shape.rank - 1).map { graph.multiply(elements, $0.value) } ?? elements
    return graph.reduce(.sum, weighted, axes: Array(0..<shape.rank))
  }

  /// Likewise their mean.
  mutating func weightedMean(_ elements: Value) throws(CallError) -> Value {
    let count = graph.shape(elements).count
    return graph.divide(try weightedSum(elements), graph.fill(Double(max(count, 1))))
  }
}

/// The weights of a loss, with as many axes as its outputs, so that they broadcast.
struct LossWeight {
  var value: Value
  /// Whether outputs of one position have weights of their own.
  var isPerOutput: Bool
}

extension FunctionCall {
  /// `weight:` for outputs of a shape, of which `axis` holds those of one position: one per example, per position, per output, or for every element.
  mutating func weight(for outputs: Shape, axis: Int) throws(CallError) -> LossWeight? {
    guard let weight = optionalValue("weight") else { return nil }
    let given = graph.shape(weight)
    if given.rank == 0 { return LossWeight(value: weight, isPerOutput: false) }
    guard outputs.rank > 0 else { throw CallError("a weight for a single number is one too, but this has shape \(given)", at: "weight") }
    let positions = outputs.removing(axes: [axis])
    let isPosition = given == positions
    let isOutput = given == Shape([outputs[axis]])
    let kept = graph.keeping([axis], of: outputs)
    if isPosition && isOutput && given != outputs {
      throw CallError(
        "a weight of shape \(given) may be one per position or one per output of \(outputs)", at: "weight",
        help: "reshape(weight, \(kept)) is one per position, reshape(weight, \(perOutput(outputs, axis))) one per output")
    }
    if isPosition { return LossWeight(value: graph.reshape(weight, to: kept), isPerOutput: false) }
    if isOutput { return LossWeight(value: graph.reshape(weight, to: perOutput(outputs, axis)), isPerOutput: true) }
    guard given.rank == outputs.rank, given.broadcast(with: outputs) == outputs else {
      throw CallError("a weight for \(outputs) is one per output, position or example, but this has shape \(given)", at: "weight")
    }
    return LossWeight(value: weight, isPerOutput: given[axis] != 1 || outputs[axis] == 1)
  }

  private func perOutput(_ outputs: Shape, _ axis: Int) -> Shape {
    Shape(outputs.dimensions.indices.map { $0 == axis ? outputs[axis] : 1 })
  }
}
