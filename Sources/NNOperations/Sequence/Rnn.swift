package import NNGraph

package struct Rnn: CatalogueFunction {
  package static let name = "rnn"
  package static let parameters = Recurrence.sequenceParameters
  package static let documentation = Documentation(
    .sequence, "A plain recurrent layer along a sequence [T, D], from hidden values 0: gives the hidden values of every step, [T, units].",
    formula: "h[t] = tanh(W x[t] + U h[t - 1] + b)")
  package static let samples = [
    Sample(["x": .tensor([3, 4]), "units": .number(2)]),
    Sample(["x": .tensor([1, 2]), "units": .number(3)]),
    Sample(["x": .tensor([6, 2]), "units": .number(2)]),
  ]

  package static func apply(_ call: inout FunctionCall) throws(CallError) -> [Value] {
    try call.checkSequence(name)
    let (cell, fromInput) = try Recurrence.make(&call, gates: 1)
    return [
      try call.unrolled(fromInput, memory: [call.zeroMemory(cell.units)]) { input, memory, graph in
        [cell.rnn(input, memory[0], in: &graph)]
      }
    ]
  }
}
