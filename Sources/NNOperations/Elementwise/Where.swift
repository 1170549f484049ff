package import NNGraph

package struct Where: CatalogueFunction {
  package static let name = "where"
  package static let parameters = [FunctionParameter("c", .tensor), FunctionParameter("a", .tensor), FunctionParameter("b", .tensor)]
  package static let documentation = Documentation(
    .elementwise, "Chooses element by element. What is not chosen gets no gradient.", formula: "a where c is not 0, else b")
  package static let samples = [
    Sample(["c": .classes([3, 5], 2), "a": .tensor([3, 5]), "b": .tensor([5])]),
    Sample(["c": .classes([3, 1], 2), "a": .tensor([5]), "b": .number(0.5)]),
  ]

  package static func apply(_ call: inout FunctionCall) throws(CallError) -> [Value] {
    [try call.node(Select(), [call.value("c"), call.value("a"), call.value("b")])]
  }
}
