package import NNGraph

package struct GruCell: CatalogueFunction {
  package static let name = "gru_cell"
  package static let parameters = [
    FunctionParameter("x", .tensor), FunctionParameter("h", .tensor), FunctionParameter("units", .wholeNumber), Recurrence.initial,
  ]
  package static let documentation = Documentation(
    .sequence, "One step of `gru`: from the input and the hidden values before it to those after it.",
    formula: "h' = (1 - z) n + z h with r = s(r_x + r_h), z = s(z_x + z_h), n = tanh(n_x + r n_h)")
  package static let samples = [Sample(["x": .tensor([4]), "h": .tensor([3]), "units": .number(3)])]

  package static func apply(_ call: inout FunctionCall) throws(CallError) -> [Value] {
    let (cell, fromInput) = try Recurrence.make(&call, gates: 3)
    try call.checkMemory("h", like: fromInput, units: cell.units)
    return [cell.gru(fromInput, call.value("h"), in: &call.graph)]
  }
}

extension Recurrence {
  func gru(_ fromInput: Value, _ h: Value, in graph: inout GraphBuilder) -> Value {
    let fromHidden = fromHidden(h, in: &graph)
    var open: [Value] = []
    for number in 0..<2 {
      let sum = graph.add(gate(number, of: fromInput, in: &graph), gate(number, of: fromHidden, in: &graph))
      open.append(graph.node(Sigmoid(), [sum]))
    }
    let (r, z) = (open[0], open[1])
    let remembered = graph.multiply(r, gate(2, of: fromHidden, in: &graph))
    let n = graph.node(Tanh(), [graph.add(gate(2, of: fromInput, in: &graph), remembered)])
    return graph.add(n, graph.multiply(z, graph.subtract(h, n)))
  }
}
