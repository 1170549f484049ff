package import NNGraph

package struct Nll: CatalogueFunction {
  package static let name = "nll"
  package static let parameters = classLossParameters
  package static let documentation = Documentation(
    .loss, "The negative log-likelihood, from log-probabilities and a class or a distribution over the classes. Averaged over positions.",
    formula: "-s[y], or -sum(t s)")
  package static let samples = classLossSamples + distributionSamples

  package static func apply(_ call: inout FunctionCall) throws(CallError) -> [Value] {
    let axis = try call.classAxis()
    let scores = call.value("scores")
    let weight = try call.weight(for: call.graph.shape(scores), axis: axis)
    let target = call.weighted(try call.distribution(axis: axis), by: weight)
    let expected = call.graph.expectation(of: scores, under: target, axis: axis)
    return [call.positionMean(call.graph.negate(expected), weight: weight)]
  }
}
