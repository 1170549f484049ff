package import NNGraph

package struct RnnCell: CatalogueFunction {
  package static let name = "rnn_cell"
  package static let parameters = [
    FunctionParameter("x", .tensor), FunctionParameter("h", .tensor), FunctionParameter("units", .wholeNumber), Recurrence.initial,
  ]
  package static let documentation = Documentation(
    .sequence, "One step of `rnn`: from the input and the hidden values before it to those after it.",
    formula: "h' = tanh(W x + U h + b) with weight_input W, weight_hidden U, bias b")
  package static let samples = [Sample(["x": .tensor([4]), "h": .tensor([3]), "units": .number(3)])]

  package static func apply(_ call: inout FunctionCall) throws(CallError) -> [Value] {
    let (cell, fromInput) = try Recurrence.make(&call, gates: 1)
    try call.checkMemory("h", like: fromInput, units: cell.units)
    return [cell.rnn(fromInput, call.value("h"), in: &call.graph)]
  }
}

extension Recurrence {
  func rnn(_ fromInput: Value, _ h: Value, in graph: inout GraphBuilder) -> Value {
    graph.node(Tanh(), [graph.add(fromInput, fromHidden(h, in: &graph))])
  }
}
