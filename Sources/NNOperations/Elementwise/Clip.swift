package import NNGraph
import NNSource

package struct Clip: ElementwiseOperation, CatalogueFunction {
  package static let name = "clip"
  package static let mnemonic = name
  package static let parameters = [FunctionParameter("x", .tensor), FunctionParameter("lo", .tensor), FunctionParameter("hi", .tensor)]
  package static let documentation = Documentation(
    .elementwise, "Keeps x within lo...hi. The gradient passes to x inside and at the bounds, and to a bound outside of it.",
    formula: "min(max(x, lo), hi)")
  package static let samples = [
    Sample(["x": .tensor([3, 5]), "lo": .number(-1), "hi": .number(0.5)]),
    Sample(["x": .tensor([3, 5]), "lo": .tensor([5], -1.4 ... -0.6), "hi": .tensor([3, 1], 0.6...1.4)]),
  ]

  package var expression: ScalarExpression { .binary(.min, .binary(.max, .input(0), .input(1)), .input(2)) }

  package init() {}

  package static func apply(_ call: inout FunctionCall) throws(CallError) -> [Value] {
    let (low, high) = (call.value("lo"), call.value("hi"))
    if let least = call.graph.constant(low), let most = call.graph.constant(high), least > most {
      throw CallError("'clip' needs lo <= hi, but has \(least.plain) and \(most.plain)", at: "lo")
    }
    return [try call.node(Clip(), [call.value("x"), low, high])]
  }

  package func derivatives(_ factor: Value, by input: Int, inputs: [Value], output: Value, in graph: inout GraphBuilder) -> Value? {
    let (x, low, high) = (inputs[0], inputs[1], inputs[2])
    switch input {
    case 0:
      let isInside = graph.multiply(graph.node(LessEqual(), [low, x]), graph.node(LessEqual(), [x, high]))
      return graph.multiply(factor, isInside)
    case 1:
      let isBelow = graph.multiply(graph.node(Less(), [x, low]), graph.node(LessEqual(), [low, high]))
      return graph.multiply(factor, isBelow)
    default:
      let raised = graph.node(Maximum(), [x, low])
      return graph.multiply(factor, graph.node(Less(), [high, raised]))
    }
  }
}
