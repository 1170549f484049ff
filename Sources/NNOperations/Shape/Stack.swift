package import NNGraph

package struct Stack: CatalogueFunction {
  package static let name = "stack"
  package static let parameters = [FunctionParameter("tensors", .tensors), FunctionParameter("axis", .axes, named: true, default: "0")]
  package static let documentation = Documentation(
    .shape, "Equal shapes side by side along a new axis, the first unless `axis:` says otherwise.", formula: "[a, b, ...] along a new axis")
  package static let samples = [
    Sample(["tensors": .tensors([[3, 2], [3, 2]])]),
    Sample(["tensors": .tensors([[3], [3], [3]]), "axis": .number(-1)]),
  ]

  package static func apply(_ call: inout FunctionCall) throws(CallError) -> [Value] {
    let tensors = call.values("tensors")
    guard let shape = tensors.first.map({ call.graph.shape($0) }) else { throw CallError("'stack' needs at least one tensor") }
    if let other = tensors.first(where: { call.graph.shape($0) != shape }) {
      throw CallError("'stack' needs equal shapes, but has \(shape) and \(call.graph.shape(other))", at: "tensors")
    }
    let axis = try call.oneAxis(rank: shape.rank + 1, described: "a stack of \(shape)", default: 0)
    var thick = shape
    thick.dimensions.insert(1, at: axis)
    return [try call.joined(tensors.map { call.graph.reshape($0, to: thick) }, axis: axis)]
  }
}
