/// What one element of a tensor is. `real` is the model's own precision, chosen when C is written.
package enum ElementType: Hashable, Sendable {
  case real
  /// An integer in 0..<classes, `int` in C.
  case integer(classes: Int)
}

/// The type of a value in the graph: the shape for one example, and whether there is one value per example or one in all.
package struct ValueType: Hashable, Sendable {
  package var shape: Shape
  package var isBatched: Bool
  package var element: ElementType

  package init(_ shape: Shape, isBatched: Bool, element: ElementType = .real) {
    self.shape = shape
    self.isBatched = isBatched
    self.element = element
  }

  package static let scalar = ValueType([], isBatched: false)

  package func with(shape: Shape) -> ValueType { ValueType(shape, isBatched: isBatched, element: element) }

  /// One number for the whole batch: these live in C locals, not in buffers.
  package var isSingle: Bool { !isBatched && shape.count == 1 }
}

extension ValueType: CustomStringConvertible {
  package var description: String {
    let extents = (isBatched ? ["n"] : []) + shape.dimensions.map(String.init)
    let text = "[" + extents.joined(separator: ", ") + "]"
    if case .integer(let classes) = element { return "\(text) of class(\(classes))" }
    return text
  }
}
