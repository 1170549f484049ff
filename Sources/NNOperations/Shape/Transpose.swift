package import NNGraph

package struct TransposeFunction: CatalogueFunction {
  package static let name = "transpose"
  package static let parameters = [FunctionParameter("x", .anyTensor), FunctionParameter("axes", .axes, named: true, default: "reversed")]
  package static let documentation = Documentation(
    .shape, "Another order of the axes: reversed, or as `axes:` lists them.", formula: "axis i of the result is axis axes[i] of x")
  package static let samples = [
    Sample(["x": .tensor([3, 5])]),
    Sample(["x": .tensor([2, 3, 4]), "axes": .list([2, 0, 1])]),
  ]

  package static func apply(_ call: inout FunctionCall) throws(CallError) -> [Value] {
    let shape = call.type("x").shape
    var order = Array((0..<shape.rank).reversed())
    if let given = call.list("axes") {
      order = try call.resolved(given, rank: shape.rank, described: "\(shape)", at: "axes")
      guard order.count == shape.rank else {
        throw CallError("'transpose' of \(shape) needs each of its \(shape.rank) axes once, not \(given)", at: "axes")
      }
    }
    return [call.graph.transpose(call.value("x"), order)]
  }
}
