package import NNData

/// A model judged on data: losses and metrics, averaged over all examples.
package struct Evaluation: Equatable, Sendable {
  package struct Quantity: Equatable, Sendable {
    package let name: String
    package let value: Double

    package init(name: String, value: Double) {
      self.name = name
      self.value = value
    }
  }

  /// The loss, where the model has one; each loss by name where there are several; the metrics.
  package var quantities: [Quantity]

  package init(quantities: [Quantity]) { self.quantities = quantities }

  package subscript(name: String) -> Double? { quantities.first { $0.name == name }?.value }

  package var loss: Double? { self["loss"] }

  /// `{"loss": 0.1, "accuracy": 0.97}`.
  package var json: JSON { .object(quantities.map { JSON.Member($0.name, .number($0.value)) }) }

  /// The same, followed by `"classes"` where each of them has figures.
  package func json(with classes: ClassFigures?) -> JSON {
    guard let classes, case .object(let members) = json else { return json }
    return .object(members + [JSON.Member("classes", classes.json)])
  }

  init?(_ json: JSON) {
    guard case .object(let members) = json else { return nil }
    quantities = members.compactMap { member in member.value.doubleValue.map { Quantity(name: member.key, value: $0) } }
  }
}
