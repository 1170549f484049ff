package import NNGraph

package struct Embedding: CatalogueFunction {
  package static let name = "embedding"
  package static let parameters = [
    FunctionParameter("c", .anyTensor), FunctionParameter("size", .wholeNumber),
    FunctionParameter("init", .initializer, named: true, default: "normal(1)"),
  ]
  package static let documentation = Documentation(
    .sequence, "A trained vector of `size` numbers for each class: the row of `weight` [classes, size] that the class names.",
    formula: "y = weight[c]")
  package static let samples = [
    Sample(["c": .classes([], 4), "size": .number(3)]),
    Sample(["c": .classes([5], 3), "size": .number(2)]),
    Sample(["c": .classes([2, 3], 7), "size": .number(1)]),
  ]

  package static func apply(_ call: inout FunctionCall) throws(CallError) -> [Value] {
    let type = call.type("c")
    guard case .integer(let classes) = type.element else {
      throw CallError("'embedding' looks up classes, not numbers of shape \(type.shape)", at: "c", help: "input word: class(1000)")
    }
    let size = call.wholeNumber("size")
    guard size >= 1 else { throw CallError("a vector has at least 1 number, not \(size)", at: "size") }
    let weight = try call.weight("weight", [classes, size], fanIn: size, default: .normal(1))
    try call.checkResult(Shape(type.shape.dimensions + [size]))
    return [call.graph.node(Gather(), [weight, call.value("c")])]
  }
}
