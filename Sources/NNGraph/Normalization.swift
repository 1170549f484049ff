/// An input that the model sees as (x - shift) * scale, both saved with the weights as states that nothing but data changes.
package struct Normalization: Sendable {
  /// Index of the input.
  package var input: Int
  /// Indices of the states.
  package var shift: Int
  package var scale: Int

  package init(input: Int, shift: Int, scale: Int) {
    self.input = input
    self.shift = shift
    self.scale = scale
  }
}

/// What `normalize` learns from the training data.
package enum NormalizationRule: String, CaseIterable, Sendable {
  /// Mean 0 and standard deviation 1.
  case meanStd = "mean_std"
  /// The least number becomes 0, the largest 1.
  case zeroOne = "zero_one"
}

/// Which numbers of an example are normalised alike: a channel of a picture, a feature of a sequence, else each number for itself.
package struct NormalizationGroups {
  /// Broadcasts to the input's shape.
  package let shape: Shape
  private let divisor: Int

  package init(_ input: Shape) {
    switch input.rank {
    case 0, 1: shape = input
    case 2: shape = Shape([input[1]])
    default: shape = Shape([input[0]] + Array(repeating: 1, count: input.rank - 1))
    }
    divisor = input.rank > 2 ? input.count / input[0] : 1
  }

  package var count: Int { shape.count }

  /// - Parameter element: in row-major order.
  package func group(of element: Int) -> Int { element / divisor % count }
}
