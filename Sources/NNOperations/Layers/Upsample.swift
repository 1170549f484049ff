package import NNGraph

package struct Upsample: CatalogueFunction {
  package static let name = "upsample"
  package static let parameters = [FunctionParameter("x", .tensor), FunctionParameter("scale", .extent)]
  package static let documentation = Documentation(
    .layer, "Repeats each pixel of [channels, height, width] `scale` times in both directions, or `[h, w]` times (nearest neighbour).",
    formula: "y[c, i, j] = x[c, floor(i / h), floor(j / w)]")
  package static let samples = [
    Sample(["x": .tensor([2, 2, 3]), "scale": .number(2)]),
    Sample(["x": .tensor([1, 3, 2]), "scale": .list([1, 3])]),
  ]

  package static func apply(_ call: inout FunctionCall) throws(CallError) -> [Value] {
    let type = call.type("x")
    let shape = type.shape
    guard shape.rank == 3 else { throw CallError("'upsample' works on [channels, height, width], not on \(shape)", at: "x") }
    let given = call.list("scale") ?? []
    guard (1...2).contains(given.count), let (h, w) = given.first.map({ ($0, given[given.count - 1]) }), h >= 1, w >= 1 else {
      throw CallError("'scale' is a whole number, at least 1, or two of them for height and width", at: "scale")
    }
    let split = try call.node(Reshape([shape[0], shape[1], 1, shape[2], 1]), [call.value("x")])
    let repeated = try call.node(Expand([shape[0], shape[1], h, shape[2], w], isBatched: type.isBatched), [split])
    return [try call.node(Reshape([shape[0], shape[1] * h, shape[2] * w]), [repeated])]
  }
}
