import NNGraph
import NNOperations
import NNSource
import NNSyntax

extension Elaborator {
  /// What the turns of a loop yielded, along a new first axis; of tuples, part by part.
  mutating func stack(_ items: [Item], range: SourceRange) -> Item {
    if items.contains(where: \.isPoison) { return .poison }
    guard let first = items.first else {
      return report("the loop has no turns, so there is nothing to stack", at: range)
    }
    guard case .tuple(let parts) = first else { return stackValues(items, range: range) }
    var columns = [[Item]](repeating: [], count: parts.count)
    for item in items {
      guard case .tuple(let row) = item, row.count == parts.count else {
        return report("every turn of the loop must yield as many values as the first, \(parts.count)", at: range)
      }
      for (index, part) in row.enumerated() { columns[index].append(part) }
    }
    return .tuple(columns.map { stackValues($0, range: range) })
  }

  private mutating func stackValues(_ items: [Item], range: SourceRange) -> Item {
    if items.allSatisfy(\.isNumber) { return tensor(list(items, at: range), at: range).map { .tensor($0) } ?? .poison }
    var values: [Value] = []
    for item in items {
      guard let value = tensor(item, at: range) else { return .poison }
      values.append(graph.number(value))
    }
    let shape = graph.shape(values[0])
    if let other = values.first(where: { graph.shape($0) != shape }) {
      return report("the turns of the loop must yield equal shapes, but yield \(shape) and \(graph.shape(other))", at: range)
    }
    let result = Shape([values.count] + shape.dimensions)
    do {
      try graph.checkSize(ValueType(result, isBatched: true))
    } catch {
      return report(error.message, at: range)
    }
    return .tensor(place(values, shape: shape, in: result))
  }

  private mutating func place(_ values: [Value], shape: Shape, in result: Shape) -> Value {
    let row = Shape([1] + shape.dimensions)
    let offsets = values.indices.map { [$0] + [Int](repeating: 0, count: shape.rank) }
    let rows = values.map { graph.reshape($0, to: row) }
    return graph.node(Place(offsets: offsets, shape: result), rows)
  }
}

extension Item {
  var isNumber: Bool {
    if case .number = self { return true }
    return false
  }
}
