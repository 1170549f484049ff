package import NNGraph

package struct Roll: CatalogueFunction {
  package static let name = "roll"
  package static let parameters = [
    FunctionParameter("x", .tensor), FunctionParameter("shift", .wholeNumber), FunctionParameter("axis", .axes, named: true),
  ]
  package static let documentation = Documentation(
    .shape, "Moves elements along an axis; what leaves at one end comes in at the other.", formula: "y[i] = x[(i - shift) mod n]")
  package static let samples = [
    Sample(["x": .tensor([5]), "shift": .number(2), "axis": .number(0)]),
    Sample(["x": .tensor([3, 5]), "shift": .number(-1), "axis": .number(1)]),
  ]

  package static func apply(_ call: inout FunctionCall) throws(CallError) -> [Value] {
    let x = call.value("x")
    let shape = call.graph.shape(x)
    let axis = try call.oneAxis(rank: shape.rank, described: "\(shape)")
    let extent = max(shape[axis], 1)
    let shift = ((call.wholeNumber("shift") % extent) + extent) % extent
    guard shift != 0 else { return [x] }
    let end = call.graph.slice(x, axis: axis, from: extent - shift, count: shift)
    let start = call.graph.slice(x, axis: axis, from: 0, count: extent - shift)
    return [try call.joined([end, start], axis: axis)]
  }
}
