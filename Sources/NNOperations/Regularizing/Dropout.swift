package import NNGraph
import NNSource

package struct Dropout: CatalogueFunction {
  package static let name = "dropout"
  package static let parameters = [FunctionParameter("x", .tensor), FunctionParameter("p", .number)]
  package static let documentation = Documentation(
    .regularizing, "While training, each element becomes 0 with chance p, and the others are scaled up to keep the mean. In use, x.",
    formula: "x (u >= p) / (1 - p) with u ~ U(0, 1)")
  package static let samples = [Sample(["x": .tensor([3, 5]), "p": .number(0.4)])]

  package static func apply(_ call: inout FunctionCall) throws(CallError) -> [Value] {
    let p = call.number("p")
    guard p >= 0 && p < 1 else {
      throw CallError("'dropout' takes the chance to drop, at least 0 and below 1, not \(p.plain)", at: "p")
    }
    let x = call.value("x")
    let drawn = call.draw(.uniform, ValueType(call.graph.shape(x), isBatched: call.graph.type(x).isBatched))
    let isKept = call.graph.node(LessEqual(), [call.graph.fill(p), drawn])
    let scaled = call.graph.multiply(x, call.graph.multiply(isKept, call.graph.fill(1 / (1 - p))))
    return [call.graph.node(Modal(), [p == 0 ? x : scaled, x])]
  }
}
