package import NNGraph

package struct Hinge: CatalogueFunction {
  package static let name = "hinge"
  package static let parameters = classLossParameters
  package static let documentation = Documentation(
    .loss, "The multi-class hinge loss with margin 1, from scores and a class. Averaged over positions.",
    formula: "sum over j != y of max(0, s[j] - s[y] + 1)")
  package static let samples = classLossSamples

  package static func apply(_ call: inout FunctionCall) throws(CallError) -> [Value] {
    let axis = try call.classAxis()
    let scores = call.value("scores")
    let weight = try call.weight(for: call.graph.shape(scores), axis: axis)
    let target = try call.classTarget(axis: axis)
    let kept = call.graph.keeping([axis], of: call.graph.shape(scores))
    let right = call.graph.reshape(call.graph.expectation(of: scores, under: target, axis: axis), to: kept)
    let margins = call.graph.node(Relu(), [call.graph.add(call.graph.subtract(scores, right), call.graph.fill(1))])
    var wrong = call.graph.subtract(call.graph.fill(1), target.value)
    if let weight, weight.isPerOutput { wrong = call.graph.multiply(wrong, weight.value) }
    let losses = call.graph.reduce(.sum, call.graph.multiply(wrong, margins), axes: [axis])
    return [call.positionMean(losses, weight: weight)]
  }
}
