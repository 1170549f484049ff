package import NNGraph

/// A class as a real number.
package struct ClassNumber: StepOperation {
  package static let mnemonic = "class_number"
  package var expression: ScalarExpression { .unary(.fromIndex, .input(0)) }

  package init() {}
}

/// 0, 1, 2 ... along an axis.
package struct Coordinate: StepOperation {
  package var axis: Int
  package var shape: Shape

  package static let mnemonic = "coordinate"
  package var attributes: String { "axis=\(axis) of=\(shape)" }
  package var expression: ScalarExpression { .coordinate(axis: axis) }

  package init(axis: Int, of shape: Shape) {
    self.axis = axis
    self.shape = shape
  }

  package func resultType(_ inputs: [ValueType]) throws(ShapeError) -> ValueType { ValueType(shape, isBatched: false) }
}

extension GraphBuilder {
  /// The value itself, or a class as its number.
  package mutating func number(_ value: Value) -> Value {
    type(value).element == .real ? value : node(ClassNumber(), [value])
  }

  /// 1 at each class's place along a new axis, else 0. A value that is none of the classes has no place.
  package mutating func oneHot(_ value: Value, classes: Int, axis: Int) -> Value {
    let shape = shape(value)
    var kept = shape.dimensions
    kept.insert(1, at: axis)
    let places = Shape([classes] + [Int](repeating: 1, count: shape.rank - axis))
    let coordinate = node(Coordinate(axis: 0, of: places), [])
    return node(Equal(), [reshape(number(value), to: Shape(kept)), coordinate])
  }
}
