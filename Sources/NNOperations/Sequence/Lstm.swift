package import NNGraph

package struct Lstm: CatalogueFunction {
  package static let name = "lstm"
  package static let parameters = Recurrence.sequenceParameters
  package static let documentation = Documentation(
    .sequence,
    """
    Long short-term memory along a sequence [T, D], from h = c = 0: gives the hidden values h of every step, [T, units]. The gates are rows of the weights in \
    the order i, f, g, o, as PyTorch has them; there is one bias where PyTorch adds two.
    """,
    formula: "c = s(f) c + s(i) tanh(g), h = s(o) tanh(c) with (i, f, g, o) = W x[t] + U h + b and s the sigmoid")
  package static let samples = [
    Sample(["x": .tensor([3, 4]), "units": .number(2)]),
    Sample(["x": .tensor([1, 2]), "units": .number(3)]),
    Sample(["x": .tensor([6, 2]), "units": .number(2)]),
  ]

  package static func apply(_ call: inout FunctionCall) throws(CallError) -> [Value] {
    try call.checkSequence(name)
    let (cell, fromInput) = try Recurrence.make(&call, gates: 4)
    let zeros = call.zeroMemory(cell.units)
    return [
      try call.unrolled(fromInput, memory: [zeros, zeros]) { input, memory, graph in cell.lstm(input, memory, in: &graph) }
    ]
  }
}
