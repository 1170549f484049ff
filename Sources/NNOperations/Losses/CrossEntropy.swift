package import NNGraph

package struct CrossEntropy: CatalogueFunction {
  package static let name = "cross_entropy"
  package static let parameters = classLossParameters
  package static let documentation = Documentation(
    .loss, "Softmax with cross-entropy, from raw scores and a class or a distribution over the classes. Averaged over positions.",
    formula: "log sum(exp(s)) - s[y], or sum(t) log sum(exp(s)) - sum(t s)")
  package static let samples = classLossSamples + distributionSamples

  package static func apply(_ call: inout FunctionCall) throws(CallError) -> [Value] {
    let axis = try call.classAxis()
    let scores = call.value("scores")
    let weight = try call.weight(for: call.graph.shape(scores), axis: axis)
    let target = call.weighted(try call.distribution(axis: axis), by: weight)
    let positions = call.graph.shape(scores).removing(axes: [axis])
    let logSum = call.graph.reshape(call.graph.logSumExp(scores, axes: [axis]), to: positions)
    let expected = call.graph.expectation(of: scores, under: target, axis: axis)
    let mass = target.isClass ? logSum : call.graph.multiply(call.graph.mass(of: target, like: scores, axis: axis), logSum)
    return [call.positionMean(call.graph.subtract(mass, expected), weight: weight)]
  }
}

extension GraphBuilder {
  /// The sum over the classes of a target's weights.
  fileprivate mutating func mass(of target: ClassTarget, like scores: Value, axis: Int) -> Value {
    let full = ValueType(shape(scores), isBatched: type(target.value).isBatched)
    return reduce(.sum, expand(target.value, to: full), axes: [axis])
  }
}
