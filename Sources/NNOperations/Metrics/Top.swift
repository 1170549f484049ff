package import NNGraph

package struct Top: CatalogueFunction {
  package static let name = "top"
  package static let parameters = [
    FunctionParameter("scores", .tensor), FunctionParameter("target", .target), FunctionParameter("k", .wholeNumber),
    FunctionParameter("axis", .axes, named: true, default: "-1"),
  ]
  package static let documentation = Documentation(
    .metric, "The share of positions whose target class is among the k with the largest scores. Of equal scores the first ones count.",
    formula: "mean(rank of s[y] < k)")
  package static let samples = [
    Sample(["scores": .tensor([5]), "target": .classes([], 5), "k": .number(2)]),
    Sample(["scores": .tensor([4, 5]), "target": .classes([4], 5), "k": .number(3)]),
    Sample(["scores": .tensor([5, 3]), "target": .classes([3], 5), "k": .number(2), "axis": .number(0)]),
  ]

  package static func apply(_ call: inout FunctionCall) throws(CallError) -> [Value] {
    let axis = try call.classAxis()
    let scores = call.value("scores")
    let shape = call.graph.shape(scores)
    let k = call.wholeNumber("k")
    guard k >= 1, k <= shape[axis] else { throw CallError("k is one of 1...\(shape[axis]) here, not \(k)", at: "k") }
    let target = try call.classTarget(axis: axis).value
    let behind = call.graph.reduce(.sum, call.graph.isBehind(target, scores, axis: axis), axes: [axis])
    let isHit = call.graph.node(LessEqual(), [call.graph.fill(Double(shape[axis] - k)), behind])
    return [call.positionMean(isHit, weight: nil)]
  }
}

extension GraphBuilder {
  /// 1 for each class that comes after the target's: a smaller score, or an equal one at a later place. A score that is not a number leads nowhere.
  fileprivate mutating func isBehind(_ target: Value, _ scores: Value, axis: Int) -> Value {
    let kept = keeping([axis], of: shape(scores))
    let right = reshape(reduce(.sum, select(target, scores, fill(0)), axes: [axis]), to: kept)
    let places = Shape((axis..<shape(scores).rank).map { $0 == axis ? shape(scores)[axis] : 1 })
    let coordinate = node(Coordinate(axis: 0, of: places), [])
    let place = reshape(reduce(.sum, multiply(target, coordinate), axes: [axis]), to: kept)
    let isLater = multiply(node(Equal(), [scores, right]), node(Less(), [place, coordinate]))
    return add(node(Less(), [scores, right]), isLater)
  }
}
