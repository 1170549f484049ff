package import NNGraph

package struct GlobalAvgpool: CatalogueFunction {
  package static let name = "global_avgpool"
  package static let parameters = [FunctionParameter("x", .tensor)]
  package static let documentation = Documentation(
    .layer, "The mean of each channel.", formula: "y[c] = mean of x[c, i, j] over i, j")
  package static let samples = [Sample(["x": .tensor([3, 4, 5])])]

  package static func apply(_ call: inout FunctionCall) throws(CallError) -> [Value] {
    let (_, extents) = try call.image(name)
    let sum = call.graph.reduce(.sum, call.value("x"), axes: [1, 2])
    return [call.graph.multiply(sum, call.graph.fill(1 / Double(extents[0] * extents[1])))]
  }
}
