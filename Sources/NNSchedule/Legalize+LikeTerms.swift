import NNGraph

extension Legalize {
  /// A sum with each group of like terms as one.
  mutating func gathered(_ sum: LikeTerms.Sum, of graph: Graph) -> Value? {
    var terms = sum.rest.compactMap { image(of: $0) }
    for group in sum.groups { terms.append(gathered(group.map { graph[$0] }, type: graph.type(group[0]))) }
    guard let first = terms.first else { return nil }
    return terms.dropFirst().reduce(first) { builder.add($0, $1) }
  }

  private mutating func gathered(_ terms: [Node], type: ValueType) -> Value {
    builder.range = terms[0].range
    switch terms[0].operation.lowering {
    case .contraction(let labels):
      let turn = ((labels.lhs + labels.rhs + labels.output).max() ?? -1) + 1
      let all = Contraction(lhs: [turn] + labels.lhs, rhs: [turn] + labels.rhs, output: labels.output, sumsBatch: labels.sumsBatch)
      return product(all, [stacked(terms, input: 0), stacked(terms, input: 1)])
    case .reduction(let kind, let axes, let batch):
      return reduced(kind, stacked(terms, input: 0), axes: [0] + axes.map { $0 + 1 }, batch: batch)
    default:
      let placements = terms.flatMap { term -> [Placement] in
        if case .place(let placements) = term.operation.lowering { return placements }
        return []
      }
      return builder.node(Place(placements, shape: type.shape), terms.flatMap(\.inputs).compactMap { image(of: $0) })
    }
  }

  /// One input of each term, along a new first axis.
  private mutating func stacked(_ terms: [Node], input: Int) -> Value {
    let parts = terms.compactMap { image(of: $0.inputs[input]) }
    let shape = builder.shape(parts[0])
    let rows = parts.map { builder.reshape($0, to: Shape([1] + shape.dimensions)) }
    let offsets = parts.indices.map { [$0] + [Int](repeating: 0, count: shape.rank) }
    return builder.node(Place(offsets: offsets, shape: Shape([parts.count] + shape.dimensions)), rows)
  }
}
