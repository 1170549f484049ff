package import NNGraph

package struct BinaryCrossEntropy: CatalogueFunction {
  package static let name = "binary_cross_entropy"
  package static let parameters = [FunctionParameter("scores", .tensor), FunctionParameter("target", .target), weightParameter]
  package static let documentation = Documentation(
    .loss,
    "Sigmoid with cross-entropy, from raw scores and targets in 0...1, summed over the outputs. A class(2) target, one per score, is averaged over positions.",
    formula: "softplus(s) - t s = -t log sigmoid(s) - (1 - t) log(1 - sigmoid(s))")
  package static let samples = [
    Sample(["scores": .tensor([5]), "target": .tensor([5], 0...1)]),
    Sample(["scores": .tensor([3, 5]), "target": .number(1)]),
    Sample(["scores": .tensor([1]), "target": .classes([], 2)]),
    Sample(["scores": .tensor([4]), "target": .classes([4], 2)]),
    Sample(["scores": .tensor([5]), "target": .tensor([5], 0...1), "weight": .tensor([5], 0.2...2.0)]),
  ]

  package static func apply(_ call: inout FunctionCall) throws(CallError) -> [Value] {
    let scores = call.value("scores")
    let target = try call.binaryTarget()
    let losses = call.graph.subtract(call.graph.node(Softplus(), [scores]), call.graph.multiply(target.value, scores))
    return [target.isClass ? try call.weightedMean(losses) : try call.weightedSum(losses)]
  }
}

extension FunctionCall {
  /// The target as numbers of the scores' shape.
  fileprivate mutating func binaryTarget() throws(CallError) -> ClassTarget {
    let target = target()
    let (scores, shape) = (type("scores").shape, graph.shape(target))
    if case .integer(let classes) = graph.type(target).element {
      guard classes == 2 else {
        throw CallError("'binary_cross_entropy' has two classes, but the target is class(\(classes))", at: "target")
      }
      guard scores == shape || scores.dimensions == shape.dimensions + [1] else {
        throw CallError("one score for each class(2) is needed, but there are \(scores) and \(shape)", at: "target")
      }
      return ClassTarget(value: graph.reshape(graph.number(target), to: scores), isClass: true)
    }
    guard scores == shape || constantTarget() != nil else {
      throw CallError("a loss compares equal shapes, or a tensor with one constant number, but has \(scores) and \(shape)", at: "target")
    }
    graph.expect(target, in: 0...1)
    return ClassTarget(value: target, isClass: false)
  }
}
