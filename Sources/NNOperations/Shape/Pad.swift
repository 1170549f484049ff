package import NNGraph

package struct Pad: CatalogueFunction {
  package static let name = "pad"
  package static let parameters = [FunctionParameter("x", .tensor), FunctionParameter("amounts", .axes, named: true)]
  package static let documentation = Documentation(
    .shape,
    "Zeros around. `amounts:` is one number for every side of every axis, one number per axis for both of its sides, or two per axis: before and after.",
    formula: "x inside, 0 outside")
  package static let samples = [
    Sample(["x": .tensor([2, 3]), "amounts": .number(1)]),
    Sample(["x": .tensor([2, 3]), "amounts": .list([0, 2])]),
    Sample(["x": .tensor([2, 3]), "amounts": .list([1, 0, 0, 2])]),
  ]

  package static func apply(_ call: inout FunctionCall) throws(CallError) -> [Value] {
    let x = call.value("x")
    let shape = call.graph.shape(x)
    let sides = try sides(call.list("amounts") ?? [], of: shape)
    let padded = Shape(shape.dimensions.indices.map { sides[2 * $0] + shape[$0] + sides[2 * $0 + 1] })
    return [try call.node(Place(offsets: [shape.dimensions.indices.map { sides[2 * $0] }], shape: padded), [x])]
  }

  /// The amounts before and after each axis, in turn.
  private static func sides(_ amounts: [Int], of shape: Shape) throws(CallError) -> [Int] {
    if let amount = amounts.first(where: { $0 < 0 }) { throw CallError("'pad' cannot add \(amount) zeros", at: "amounts") }
    switch amounts.count {
    case 2 * shape.rank: return amounts
    case shape.rank: return amounts.flatMap { [$0, $0] }
    case 1: return [Int](repeating: amounts[0], count: 2 * shape.rank)
    default:
      throw CallError(
        "'pad' of \(shape) takes 1, \(shape.rank) or \(2 * shape.rank) amounts, not \(amounts.count)", at: "amounts")
    }
  }
}
