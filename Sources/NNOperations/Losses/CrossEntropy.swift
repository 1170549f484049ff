package import NNGraph

package struct CrossEntropy: CatalogueFunction {
  package static let name = "cross_entropy"
  package static let parameters = lossParameters + [FunctionParameter("axis", .axes, named: true, default: "-1")]
  package static let documentation = Documentation(
    .loss, "Softmax with cross-entropy, from raw scores and a class or a distribution over the classes. Averaged over positions.",
    formula: "log sum(exp(s)) - s[y], or sum(t) log sum(exp(s)) - sum(t s)")
  package static let samples = [
    Sample("cross_entropy(s, y)", [Sample.Input("s", "[5]"), Sample.Input("y", "class(5)")]),
    Sample("cross_entropy(s, t)", [Sample.Input("s", "[5]"), Sample.Input("t", "[5]", 0...1)]),
    Sample("cross_entropy(s, y)", [Sample.Input("s", "[4, 5]"), Sample.Input("y", "[4] of class(5)")]),
  ]

  package static func apply(_ call: inout FunctionCall) throws(CallError) -> [Value] {
    let axis = try call.classAxis()
    let scores = call.value("scores")
    let target = try call.distribution(axis: axis)
    let parts = call.graph.shiftedExponentials(scores, axes: [axis])
    let shape = call.graph.shape(scores).removing(axes: [axis])
    let logSum = call.graph.reshape(call.graph.add(parts.shift, call.graph.node(Log(), [parts.sum])), to: shape)
    let expected = call.graph.reduce(.sum, call.graph.multiply(target.value, scores), axes: [axis])
    let mass = target.isClass ? logSum : call.graph.multiply(call.graph.reduce(.sum, target.value, axes: [axis]), logSum)
    return [try call.positionMean(call.graph.subtract(mass, expected))]
  }
}
