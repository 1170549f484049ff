package import NNGraph

package struct Triplet: CatalogueFunction {
  package static let name = "triplet"
  package static let parameters = [
    FunctionParameter("a", .tensor), FunctionParameter("p", .tensor), FunctionParameter("n", .tensor),
    FunctionParameter("margin", .number, named: true), weightParameter,
  ]
  package static let documentation = Documentation(
    .loss, "Wants the anchor a nearer to p than to n by a margin, in squared distance over the last axis. Averaged over positions.",
    formula: "max(0, |a - p|^2 - |a - n|^2 + margin)")
  package static let samples = [
    Sample(["a": .tensor([5]), "p": .tensor([5]), "n": .tensor([5]), "margin": .number(6)]),
    Sample(["a": .tensor([3, 4]), "p": .tensor([3, 4]), "n": .tensor([3, 4]), "margin": .number(2), "weight": .tensor([3], 0.2...2.0)]),
  ]

  package static func apply(_ call: inout FunctionCall) throws(CallError) -> [Value] {
    let shape = call.type("a").shape
    guard shape.rank > 0 else { throw CallError("'triplet' compares vectors, but this is a single number", at: "a") }
    for name in ["p", "n"] where call.type(name).shape != shape {
      throw CallError("'triplet' compares equal shapes, but has \(shape) and \(call.type(name).shape)", at: name)
    }
    let axis = shape.rank - 1
    let kept = call.graph.keeping([axis], of: shape)
    let weight = try call.weight(for: kept, axis: axis)
    let near = call.squaredDistance("a", "p", axis: axis)
    let far = call.squaredDistance("a", "n", axis: axis)
    let excess = call.graph.add(call.graph.subtract(near, far), call.graph.fill(call.number("margin")))
    let losses = call.graph.node(Relu(), [excess])
    return [call.positionMean(losses, weight: weight.map { LossWeight(value: $0.value, isPerOutput: false) })]
  }
}

extension FunctionCall {
  fileprivate mutating func squaredDistance(_ first: String, _ second: String, axis: Int) -> Value {
    let difference = graph.subtract(value(first), value(second))
    return graph.reduce(.sum, graph.node(Square(), [difference]), axes: [axis])
  }
}
