package import NNGraph

package struct LstmCell: CatalogueFunction {
  package static let name = "lstm_cell"
  package static let parameters = [
    FunctionParameter("x", .tensor), FunctionParameter("h", .tensor), FunctionParameter("c", .tensor),
    FunctionParameter("units", .wholeNumber), Recurrence.initial,
  ]
  package static let documentation = Documentation(
    .sequence, "One step of `lstm`: `(h, c) = cell(x, h, c)`. The gates are rows of the weights in the order i, f, g, o.",
    formula: "c' = s(f) c + s(i) tanh(g), h' = s(o) tanh(c') with (i, f, g, o) = W x + U h + b and s the sigmoid")
  package static let samples = [Sample(["x": .tensor([4]), "h": .tensor([3]), "c": .tensor([3]), "units": .number(3)])]

  package static func apply(_ call: inout FunctionCall) throws(CallError) -> [Value] {
    let (cell, fromInput) = try Recurrence.make(&call, gates: 4)
    for name in ["h", "c"] { try call.checkMemory(name, like: fromInput, units: cell.units) }
    return cell.lstm(fromInput, [call.value("h"), call.value("c")], in: &call.graph)
  }
}

extension Recurrence {
  func lstm(_ fromInput: Value, _ memory: [Value], in graph: inout GraphBuilder) -> [Value] {
    let gates = graph.add(fromInput, fromHidden(memory[0], in: &graph))
    let (i, f) = (gate(0, of: gates, in: &graph), gate(1, of: gates, in: &graph))
    let (g, o) = (gate(2, of: gates, in: &graph), gate(3, of: gates, in: &graph))
    let kept = graph.multiply(graph.node(Sigmoid(), [f]), memory[1])
    let c = graph.add(kept, graph.multiply(graph.node(Sigmoid(), [i]), graph.node(Tanh(), [g])))
    return [graph.multiply(graph.node(Sigmoid(), [o]), graph.node(Tanh(), [c])), c]
  }
}
