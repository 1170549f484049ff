package import NNGraph

package struct Gru: CatalogueFunction {
  package static let name = "gru"
  package static let parameters = Recurrence.sequenceParameters
  package static let documentation = Documentation(
    .sequence,
    """
    A gated recurrent layer along a sequence [T, D], from hidden values 0: gives the hidden values of every step, [T, units]. The gates are rows of the weights in \
    the order r, z, n, as PyTorch has them. There is one bias, added to the input's part: PyTorch's with its `bias_hh` at 0.
    """,
    formula:
      "h = (1 - z) n + z h with r = s(r_x + r_h), z = s(z_x + z_h), n = tanh(n_x + r n_h), (r, z, n)_x = W x[t] + b, (r, z, n)_h = U h")
  package static let samples = [
    Sample(["x": .tensor([3, 4]), "units": .number(2)]),
    Sample(["x": .tensor([1, 2]), "units": .number(3)]),
    Sample(["x": .tensor([6, 2]), "units": .number(2)]),
  ]

  package static func apply(_ call: inout FunctionCall) throws(CallError) -> [Value] {
    try call.checkSequence(name)
    let (cell, fromInput) = try Recurrence.make(&call, gates: 3)
    return [
      try call.unrolled(fromInput, memory: [call.zeroMemory(cell.units)]) { input, memory, graph in
        [cell.gru(input, memory[0], in: &graph)]
      }
    ]
  }
}
