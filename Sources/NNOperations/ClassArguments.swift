import NNGraph
import NNSource

/// The target of a loss over classes, as weights over the classes that broadcast to the scores.
struct ClassTarget {
  var value: Value
  /// Whether it is one class per position, so that the weights sum to 1.
  var isClass: Bool
}

let classLossSamples = [
  Sample(["scores": .tensor([5]), "target": .classes([], 5)]),
  Sample(["scores": .tensor([5]), "target": .number(2)]),
  Sample(["scores": .tensor([4, 5]), "target": .classes([4], 5)]),
  Sample(["scores": .tensor([5, 2, 3]), "target": .classes([2, 3], 5), "axis": .number(0)]),
  Sample(["scores": .tensor([4, 5]), "target": .classes([4], 5), "weight": .tensor([4], 0.2...2.0)]),
  Sample(["scores": .tensor([4, 5]), "target": .classes([4], 5), "weight": .tensor([5], 0.2...2.0)]),
]

let distributionSamples = [
  Sample(["scores": .tensor([5]), "target": .tensor([5], 0...1)]),
  Sample(["scores": .tensor([5, 3]), "target": .tensor([5, 3], 0...1), "axis": .number(0)]),
]

extension FunctionCall {
  /// The axis of `scores` that holds the classes.
  func classAxis() throws(CallError) -> Int {
    let shape = type("scores").shape
    guard shape.rank > 0 else {
      throw CallError("scores have one axis for the classes at least, but this is a single number", at: "scores")
    }
    return try oneAxis(rank: shape.rank, described: "\(shape)", default: -1)
  }

  /// The target: a class per position, or a distribution over the classes of the scores' shape.
  mutating func distribution(axis: Int) throws(CallError) -> ClassTarget {
    let target = target()
    if graph.type(target).element != .real || constantTarget() != nil { return try classTarget(axis: axis) }
    let (scores, shape) = (type("scores").shape, graph.shape(target))
    guard scores == shape else {
      throw CallError("a distribution over the classes has the shape of the scores, \(scores), but this has \(shape)", at: "target")
    }
    graph.expect(target, in: 0...1)
    return ClassTarget(value: target, isClass: false)
  }

  /// The target as a class per position only.
  mutating func classTarget(axis: Int) throws(CallError) -> ClassTarget {
    let scores = type("scores").shape
    let classes = scores[axis]
    let target = target()
    if let number = constantTarget() {
      guard number >= 0, number < Double(classes), number == number.rounded() else {
        throw CallError("a class among \(classes) is a whole number in 0..<\(classes), not \(number.plain)", at: "target")
      }
      let places = graph.fill(number, ValueType(scores.removing(axes: [axis]), isBatched: false))
      return ClassTarget(value: graph.oneHot(places, classes: classes, axis: axis), isClass: true)
    }
    guard case .integer(let known) = graph.type(target).element else {
      throw CallError("this needs a class as its target, not numbers of shape \(graph.shape(target))", at: "target")
    }
    guard known == classes else {
      throw CallError("there are scores for \(classes) classes, but the target is class(\(known))", at: "target")
    }
    let positions = scores.removing(axes: [axis])
    guard graph.shape(target) == positions else {
      throw CallError(
        "scores \(scores) with classes on axis \(axis) need a target of shape \(positions), but this has \(graph.shape(target))",
        at: "target")
    }
    return ClassTarget(value: graph.oneHot(target, classes: classes, axis: axis), isClass: true)
  }

  /// The mean over positions of a loss per position, weighted.
  mutating func positionMean(_ losses: Value, weight: LossWeight?) -> Value {
    let shape = graph.shape(losses)
    var weighted = losses
    if let weight, !weight.isPerOutput {
      weighted = graph.multiply(losses, graph.shape(weight.value).rank == 0 ? weight.value : graph.reshape(weight.value, to: shape))
    }
    let sum = graph.reduce(.sum, weighted, axes: Array(0..<shape.rank))
    return shape.count == 1 ? sum : graph.divide(sum, graph.fill(Double(max(shape.count, 1))))
  }

  /// Weights of single outputs go into the target.
  mutating func weighted(_ target: ClassTarget, by weight: LossWeight?) -> ClassTarget {
    guard let weight, weight.isPerOutput else { return target }
    return ClassTarget(value: graph.multiply(target.value, weight.value), isClass: false)
  }
}

extension GraphBuilder {
  /// sum(t s) over the classes. Scores that a class does not choose are left out altogether, so that they may be infinite.
  mutating func expectation(of scores: Value, under target: ClassTarget, axis: Int) -> Value {
    let chosen = target.isClass ? select(target.value, scores, fill(0)) : multiply(target.value, scores)
    return reduce(.sum, chosen, axes: [axis])
  }
}
