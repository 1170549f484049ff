package import NNGraph

package struct ReshapeFunction: CatalogueFunction {
  package static let name = "reshape"
  package static let parameters = [FunctionParameter("x", .anyTensor), FunctionParameter("shape", .shape)]
  package static let documentation = Documentation(
    .shape, "The same elements in the same order under another shape. One extent may be -1: it takes what is left.",
    formula: "row-major order")
  package static let samples = [
    Sample(["x": .tensor([2, 3, 4]), "shape": .list([6, 4])]),
    Sample(["x": .tensor([2, 3, 4]), "shape": .list([4, -1])]),
  ]

  package static func apply(_ call: inout FunctionCall) throws(CallError) -> [Value] {
    let input = call.type("x").shape
    let shape = try filledIn(call.list("shape") ?? [], count: input.count, of: input)
    guard Shape.checkedCount(shape) != nil else { throw CallError("a tensor of shape \(Shape(shape)) is too large", at: "shape") }
    return [try call.node(Reshape(Shape(shape)), [call.value("x")])]
  }

  /// Finds the extent that is written as -1.
  private static func filledIn(_ shape: [Int], count: Int, of input: Shape) throws(CallError) -> [Int] {
    if let extent = shape.first(where: { $0 < -1 }) { throw CallError("an extent cannot be \(extent)", at: "shape") }
    let open = shape.indices.filter { shape[$0] == -1 }
    guard let place = open.first else { return shape }
    guard open.count == 1 else { throw CallError("only one extent can be -1", at: "shape") }
    guard let known = Shape.checkedCount(shape.filter { $0 != -1 }), known > 0, count % known == 0 else {
      let others = Shape(shape.filter { $0 != -1 })
      throw CallError(
        "'reshape' cannot find the extent for -1: \(input) has \(count) elements, no multiple of those of \(others)", at: "shape")
    }
    var result = shape
    result[place] = count / known
    return result
  }
}
