/// The extents of a tensor, outermost axis first. Shapes in the graph are per example: the batch is not an axis.
package struct Shape: Hashable, Sendable {
  package var dimensions: [Int]

  package init(_ dimensions: [Int]) { self.dimensions = dimensions }

  package static let scalar = Shape([])

  package var rank: Int { dimensions.count }

  /// The number of elements. Shapes are checked against `Limits.elements` when they are made from a model's text, so this cannot overflow.
  package var count: Int { dimensions.reduce(1, *) }

  package subscript(axis: Int) -> Int { dimensions[axis] }

  /// The number of elements, or nil where it exceeds the limit on one tensor. An empty axis does not excuse the others, whose strides count too.
  package static func checkedCount(_ dimensions: [Int]) -> Int? {
    var count = 1
    for extent in dimensions {
      let (product, overflow) = count.multipliedReportingOverflow(by: max(extent, 1))
      if overflow || extent < 0 || product > Limits.elements { return nil }
      count = product
    }
    return dimensions.contains(0) ? 0 : count
  }

  /// Row-major strides: the distance in elements between neighbours along each axis.
  package var strides: [Int] {
    var strides = [Int](repeating: 1, count: rank)
    for axis in stride(from: rank - 2, through: 0, by: -1) { strides[axis] = strides[axis + 1] * dimensions[axis + 1] }
    return strides
  }

  /// The shape of an elementwise result, by NumPy's rule: aligned at the last axis, an extent of 1 stretches. Nil where two extents disagree.
  package func broadcast(with other: Shape) -> Shape? {
    let rank = max(self.rank, other.rank)
    var result = [Int](repeating: 1, count: rank)
    for fromEnd in 1..<(rank + 1) {
      let mine = fromEnd <= self.rank ? dimensions[self.rank - fromEnd] : 1
      let theirs = fromEnd <= other.rank ? other.dimensions[other.rank - fromEnd] : 1
      guard mine == theirs || mine == 1 || theirs == 1 else { return nil }
      result[rank - fromEnd] = mine == 1 ? theirs : mine
    }
    return Shape(result)
  }

  package func removing(axes: [Int]) -> Shape {
    Shape(dimensions.indices.filter { !axes.contains($0) }.map { dimensions[$0] })
  }
}

extension Shape: CustomStringConvertible {
  package var description: String { "[" + dimensions.map(String.init).joined(separator: ", ") + "]" }
}

extension Shape: ExpressibleByArrayLiteral {
  package init(arrayLiteral elements: Int...) { self.init(elements) }
}

/// Bounds that every model is held to, so that no text can make the compiler run out of memory or time.
package enum Limits {
  /// Elements in one tensor, per example.
  package static let elements = 1 << 31
  /// Nodes in one graph.
  package static let nodes = 250_000
  /// Axes of one tensor, as many as the C interface can describe.
  package static let rank = 8
}
