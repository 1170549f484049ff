package import NNGraph

package struct Outer: CatalogueFunction {
  package static let name = "outer"
  package static let parameters = [FunctionParameter("a", .tensor), FunctionParameter("b", .tensor)]
  package static let documentation = Documentation(
    .shape, "Every element of the vector a times every element of the vector b.", formula: "y[i, j] = a[i] b[j]")
  package static let samples = [Sample(["a": .tensor([3]), "b": .tensor([4])])]

  package static func apply(_ call: inout FunctionCall) throws(CallError) -> [Value] {
    let (a, b) = (call.type("a"), call.type("b"))
    for name in ["a", "b"] where call.type(name).shape.rank != 1 {
      throw CallError("'outer' needs two vectors, but has \(a.shape) and \(b.shape)", at: name)
    }
    let result = ValueType(Shape([a.shape[0], b.shape[0]]), isBatched: a.isBatched || b.isBatched)
    do { try call.graph.checkSize(result) } catch { throw CallError(error.message) }
    return [call.graph.contract(call.value("a"), [0], call.value("b"), [1], to: [0, 1], of: result)]
  }
}
