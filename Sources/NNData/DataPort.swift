/// A value of the model that data has to fill.
package struct DataPort: Equatable, Sendable {
  package enum Kind: Equatable, Sendable {
    case real
    /// Whole numbers from 0 up to, but not including, this one.
    case classes(Int)
  }

  package enum Role: Equatable, Sendable {
    case input, target
  }

  package let name: String
  /// The shape for one example.
  package let shape: [Int]
  package let kind: Kind
  package let role: Role
  /// Whether it is an error when a source does not have it. Targets are not needed for a prediction, for instance; they are
  /// named nevertheless, so that their columns are not taken for inputs.
  package let isRequired: Bool

  package init(name: String, shape: [Int], kind: Kind, role: Role, isRequired: Bool = true) {
    precondition(ElementCount.of(shape) != nil, "the shape of '\(name)' is out of range")
    self.name = name
    self.shape = shape
    self.kind = kind
    self.role = role
    self.isRequired = isRequired
  }

  /// Numbers in one example.
  package var elementCount: Int { ElementCount.of(shape) ?? 0 }

  var title: String { "\(role == .input ? "input" : "target") '\(name)'" }
}

/// The type that real numbers of a program have.
package enum RealPrecision: String, Equatable, Sendable {
  case float32 = "f32"
  case float64 = "f64"
}
