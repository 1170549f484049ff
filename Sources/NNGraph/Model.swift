package import NNSource

/// A network as the compiler knows it: one graph for training and use, and what its values mean.
package struct Model: Sendable {
  package var name: String
  package var graph: GraphBuilder
  package var inputs: [Port] = []
  package var targets: [Port] = []
  package var parameters: [Parameter] = []
  package var states: [StateSlot] = []
  package var losses: [Loss] = []
  package var metrics: [Metric] = []
  package var outputs: [NamedValue] = []
  /// The last top-level binding of each name, in order of first appearance.
  package var bindings: [NamedValue] = []
  package var normalizations: [Normalization] = []
  package var recipe = Recipe()

  package init(name: String, graph: GraphBuilder) {
    self.name = name
    self.graph = graph
  }
}

package struct NamedValue: Sendable {
  package var name: String
  package var value: Value
  package var range: SourceRange?

  package init(name: String, value: Value, range: SourceRange?) {
    self.name = name
    self.value = value
    self.range = range
  }
}

/// An input or target: one tensor per example.
package struct Port: Sendable {
  package var name: String
  package var type: ValueType
  package var value: Value
  package var range: SourceRange?

  package init(name: String, type: ValueType, value: Value, range: SourceRange?) {
    self.name = name
    self.type = type
    self.value = value
    self.range = range
  }
}

package struct Parameter: Sendable {
  /// The full name, such as `dense1.weight`.
  package var name: String
  package var shape: Shape
  package var initial: Initializer
  package var value: Value
  package var range: SourceRange?

  package init(name: String, shape: Shape, initial: Initializer, value: Value, range: SourceRange?) {
    self.name = name
    self.shape = shape
    self.initial = initial
    self.value = value
    self.range = range
  }
}

/// How a parameter or state starts.
package enum Initializer: Hashable, Sendable {
  case constant(Double)
  case literal([Double])
  /// With this standard deviation and mean 0.
  case normal(Double)
  case uniform(Double, Double)
}

/// Memory between calls: one copy per example slot, or one in all (a layer's saved statistics).
package struct StateSlot: Sendable {
  package var name: String
  package var type: ValueType
  package var initial: Initializer
  package var value: Value
  /// Its value after the call. For a slot that is not per example it advances in `grad` and `step` only.
  package var next: Value?
  package var range: SourceRange?

  package init(name: String, type: ValueType, initial: Initializer, value: Value, next: Value?, range: SourceRange?) {
    self.name = name
    self.type = type
    self.initial = initial
    self.value = value
    self.next = next
    self.range = range
  }
}

package struct Loss: Sendable {
  package var name: String
  /// [] or [1], per example or one in all.
  package var value: Value
  /// Indices of the parameters that its gradient reaches; nil is all.
  package var trains: [Int]?
  package var range: SourceRange?

  package init(name: String, value: Value, trains: [Int]?, range: SourceRange?) {
    self.name = name
    self.value = value
    self.trains = trains
    self.range = range
  }
}

/// Averaged over all examples (and over its elements), then finished.
package struct Metric: Sendable {
  package enum Finish: Hashable, Sendable {
    case none
    /// The square root of the mean.
    case squareRoot
  }

  package var name: String
  package var value: Value
  package var finish: Finish
  package var range: SourceRange?

  package init(name: String, value: Value, finish: Finish, range: SourceRange?) {
    self.name = name
    self.value = value
    self.finish = finish
    self.range = range
  }
}
