package import NNGraph

package struct Noise: CatalogueFunction {
  package static let name = "noise"
  package static let parameters = [FunctionParameter("x", .tensor), FunctionParameter("std", .number)]
  package static let documentation = Documentation(
    .regularizing, "Adds normal noise of standard deviation `std` to each element while training. In use, x.",
    formula: "x + std z with z ~ N(0, 1)")
  package static let samples = [Sample(["x": .tensor([3, 5]), "std": .number(0.3)])]

  package static func apply(_ call: inout FunctionCall) throws(CallError) -> [Value] {
    let deviation = call.number("std")
    guard deviation >= 0 else { throw CallError("a standard deviation is not negative, as \(deviation) is", at: "std") }
    let x = call.value("x")
    let drawn = call.draw(.normal, ValueType(call.graph.shape(x), isBatched: call.graph.type(x).isBatched))
    let noisy = call.graph.add(x, call.graph.multiply(call.graph.fill(deviation), drawn))
    return [call.graph.node(Modal(), [deviation == 0 ? x : noisy, x])]
  }
}
