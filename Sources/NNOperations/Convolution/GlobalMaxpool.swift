package import NNGraph

package struct GlobalMaxpool: CatalogueFunction {
  package static let name = "global_maxpool"
  package static let parameters = [FunctionParameter("x", .tensor)]
  package static let documentation = Documentation(
    .layer, "The largest of each channel.", formula: "y[c] = max of x[c, i, j] over i, j")
  package static let samples = [Sample(["x": .tensor([3, 4, 5])])]

  package static func apply(_ call: inout FunctionCall) throws(CallError) -> [Value] {
    let (_, extents) = try call.image(name)
    guard extents[0] * extents[1] > 0 else { throw CallError("there is nothing to choose from", at: "x") }
    return [call.graph.reduce(.max, call.value("x"), axes: [1, 2])]
  }
}
