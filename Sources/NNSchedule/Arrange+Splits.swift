import NNGraph
import NNOperations

extension Arrange {
  /// What is computed from a product for groups of pixels, with an axis for the pixels of a group.
  mutating func splitElementwise(_ operation: any NNGraph.Operation, _ operands: [Value]) -> Value? {
    guard let leader = operands.first(where: { splits.contains($0) && builder.operation($0) is Reshape }) else { return nil }
    let (shape, split) = (builder.shape(leader), builder.shape(builder.inputs(leader)[0]))
    let fits = operands.allSatisfy { zip(builder.shape($0).dimensions, shape.dimensions).allSatisfy { $0 == 1 || $0 == $1 } }
    guard fits, let parts = Self.parts(of: shape, in: split) else { return nil }
    let refined = operands.map { operand in
      let extents = zip(builder.shape(operand).dimensions, parts).flatMap { extent, part in extent == 1 ? part.map { _ in 1 } : part }
      return repeated(builder.reshape(operand, to: Shape(extents)), over: split, after: parts.prefix { $0.count == 1 }.count)
    }
    let value = builder.reshape(builder.node(operation, refined), to: shape)
    splits.insert(value)
    return value
  }

  /// What there is for each channel, once for each pixel of a group: columns are walked with one stride.
  private mutating func repeated(_ value: Value, over shape: Shape, after axis: Int) -> Value {
    let type = builder.type(value)
    let columns = (axis + 1)..<shape.rank
    guard !type.isBatched, columns.contains(where: { type.shape[$0] > 1 }) else { return value }
    return columns.reversed().reduce(value) { value, axis in
      var extents = builder.shape(value).dimensions
      guard extents[axis] == 1, shape[axis] > 1 else { return value }
      extents[axis] = shape[axis]
      let offsets = (0..<shape[axis]).map { turn in extents.indices.map { $0 == axis ? turn : 0 } }
      return builder.node(Place(offsets: offsets, shape: Shape(extents)), offsets.map { _ in value })
    }
  }

  /// For each axis, the extents of those that it is split into; nil where it is not.
  private static func parts(of shape: Shape, in split: Shape) -> [[Int]]? {
    var rest = split.dimensions[...]
    var parts: [[Int]] = []
    for extent in shape.dimensions {
      var part: [Int] = []
      if extent == 1, rest.first == 1 { part.append(rest.removeFirst()) }
      while part.reduce(1, *) < extent, let next = rest.popFirst() { part.append(next) }
      guard part.reduce(1, *) == extent else { return nil }
      parts.append(part)
    }
    return rest.isEmpty ? parts : nil
  }
}
