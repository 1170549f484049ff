package import NNGraph
import NNSource

package struct Survive: CatalogueFunction {
  package static let name = "survive"
  package static let parameters = [FunctionParameter("x", .tensor), FunctionParameter("p", .number)]
  package static let documentation = Documentation(
    .regularizing,
    "Stochastic depth, for the branch of a residual block: while training, the whole of x becomes 0 with chance 1 - p, example by example. In use, p x.",
    formula: "x (u < p) with one u ~ U(0, 1) for each example")
  package static let samples = [Sample(["x": .tensor([3, 5]), "p": .number(0.6)])]

  package static func apply(_ call: inout FunctionCall) throws(CallError) -> [Value] {
    let p = call.number("p")
    guard p >= 0 && p <= 1 else { throw CallError("'survive' takes the chance to stay, from 0 to 1, not \(p.plain)", at: "p") }
    let x = call.value("x")
    let drawn = call.draw(.uniform, ValueType(.scalar, isBatched: call.type("x").isBatched))
    let isKept = call.graph.node(Less(), [drawn, call.graph.fill(p)])
    return [call.graph.node(Modal(), [p == 1 ? x : call.graph.multiply(x, isKept), call.graph.multiply(x, call.graph.fill(p))])]
  }
}
