package import NNGraph

package struct Normalize: CatalogueFunction {
  package static let name = "normalize"
  package static let parameters = [FunctionParameter("x", .tensor), lastAxisParameter]
  package static let documentation = Documentation(
    .reduction, "Scales to Euclidean norm 1 over the last axis, or over `axis:`.", formula: "x / max(norm(x), 1e-12)")
  package static let samples = lastAxisSamples

  package static func apply(_ call: inout FunctionCall) throws(CallError) -> [Value] {
    let axes = try call.lastAxes(of: "x")
    let x = call.value("x")
    let norm = call.graph.norm(x, axes: axes)
    return [call.graph.divide(x, call.graph.node(Maximum(), [norm, call.graph.fill(1e-12)]))]
  }
}
