package import NNGraph

package struct CosineSimilarity: CatalogueFunction {
  package static let name = "cosine_similarity"
  package static let parameters = [FunctionParameter("a", .tensor), FunctionParameter("b", .tensor), lastAxisParameter]
  package static let documentation = Documentation(
    .reduction, "The cosine of the angle between a and b over the last axis, or over `axis:`; other axes broadcast.",
    formula: "dot(a, b) / (max(norm(a), 1e-8) max(norm(b), 1e-8))")
  package static let samples = innerProductSamples

  package static func apply(_ call: inout FunctionCall) throws(CallError) -> [Value] {
    let pair = try call.innerOperands()
    let a = call.graph.unit(pair.a, axes: pair.axes)
    let b = call.graph.unit(pair.b, axes: pair.axes)
    return [call.graph.inner(a, b, axes: pair.axes)]
  }
}

extension GraphBuilder {
  fileprivate mutating func unit(_ value: Value, axes: [Int]) -> Value {
    divide(value, node(Maximum(), [norm(value, axes: axes), fill(1e-8)]))
  }
}
