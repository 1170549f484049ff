package import NNGraph

package struct Accuracy: CatalogueFunction {
  package static let name = "accuracy"
  package static let parameters = [
    FunctionParameter("scores", .tensor), FunctionParameter("target", .target),
    FunctionParameter("axis", .axes, named: true, default: "-1"),
  ]
  package static let documentation = Documentation(
    .metric,
    "The share of positions whose largest score is the target class. One raw score for a class(2) target means class 1 where it is above 0. "
      + "A distribution as target means its largest element.",
    formula: "mean(argmax(s) == y)")
  package static let samples = [
    Sample(["scores": .tensor([5]), "target": .classes([], 5)]),
    Sample(["scores": .tensor([4, 5]), "target": .classes([4], 5)]),
    Sample(["scores": .tensor([5, 3]), "target": .tensor([5, 3]), "axis": .number(0)]),
    Sample(["scores": .tensor([4, 1]), "target": .classes([4], 2)]),
  ]

  package static func apply(_ call: inout FunctionCall) throws(CallError) -> [Value] {
    if let isRight = call.binaryDecision() { return [call.positionMean(isRight, weight: nil)] }
    let axis = try call.classAxis()
    let scores = call.value("scores")
    guard call.graph.shape(scores)[axis] > 1 else {
      throw CallError("'accuracy' needs scores for two classes at least, or one score and a class(2) target", at: "scores")
    }
    let predicted = call.graph.reduce(.argmax, scores, axes: [axis])
    let target = try call.distribution(axis: axis)
    let expected = target.isClass ? call.graph.number(call.target()) : call.graph.reduce(.argmax, target.value, axes: [axis])
    return [call.positionMean(call.graph.node(Equal(), [predicted, expected]), weight: nil)]
  }
}

extension FunctionCall {
  /// Where one score decides between two classes: whether it decides rightly.
  fileprivate mutating func binaryDecision() -> Value? {
    let target = target()
    let (scores, shape) = (type("scores").shape, graph.shape(target))
    guard graph.type(target).element == .integer(classes: 2), scores == shape || scores.dimensions == shape.dimensions + [1] else {
      return nil
    }
    let decision = graph.reshape(graph.node(Step(), [value("scores")]), to: shape)
    return graph.node(Equal(), [decision, graph.number(target)])
  }
}
