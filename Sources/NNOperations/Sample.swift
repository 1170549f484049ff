package import NNGraph

/// A call of a function, with what is needed to make it: for the gradient check, the comparison with other frameworks and the documentation.
package struct Sample: Sendable {
  package enum Argument: Sendable {
    /// An input of this shape, drawn from a range. Kinks lie at whole multiples of a half, which the draws avoid.
    case tensor(Shape, ClosedRange<Double>)
    case tensors([Shape])
    /// An input of classes.
    case classes(Shape, Int)
    case number(Double)
    case list([Int])
    case flag(Bool)

    package static func tensor(_ shape: Shape) -> Argument { .tensor(shape, -2...2) }
  }

  /// By parameter, in the order of the call.
  package var arguments: [(parameter: String, value: Argument)]
  /// Whether derivatives agree with differences of the function's values.
  package var isDifferentiable: Bool

  package init(_ arguments: KeyValuePairs<String, Argument>, isDifferentiable: Bool = true) {
    self.arguments = arguments.map { (parameter: $0.key, value: $0.value) }
    self.isDifferentiable = isDifferentiable
  }
}

extension Sample {
  /// What a call reads: one tensor per example.
  package struct Input: Sendable {
    package var name: String
    package var shape: Shape
    package var content: Content

    package enum Content: Sendable {
      case reals(ClosedRange<Double>)
      case classes(Int)
    }

    /// As the language writes it.
    package var type: String {
      switch content {
      case .reals: "\(shape)"
      case .classes(let count): shape.rank == 0 ? "class(\(count))" : "\(shape) of class(\(count))"
      }
    }
  }

  /// In the order of the call; several tensors of one parameter are called `x1`, `x2` and so on.
  package var inputs: [Input] {
    arguments.flatMap { parameter, value -> [Input] in
      switch value {
      case .tensor(let shape, let range): [Input(name: parameter, shape: shape, content: .reals(range))]
      case .tensors(let shapes):
        shapes.enumerated().map { Input(name: "x\($0.offset + 1)", shape: $0.element, content: .reals(-2...2)) }
      case .classes(let shape, let count): [Input(name: parameter, shape: shape, content: .classes(count))]
      case .number, .list, .flag: []
      }
    }
  }

  /// The call as the language writes it. In a model, inputs get a prefix that keeps them apart from keywords.
  package func text(of function: any CatalogueFunction.Type, inputPrefix: String = "") -> String {
    let parts = arguments.map { parameter, value in
      let isNamed = function.parameters.contains { $0.name == parameter && $0.isNamed }
      return (isNamed ? "\(parameter): " : "") + text(parameter, value, inputPrefix)
    }
    return "\(function.name)(\(parts.joined(separator: ", ")))"
  }

  private func text(_ parameter: String, _ value: Argument, _ prefix: String) -> String {
    switch value {
    case .tensor, .classes: prefix + parameter
    case .tensors(let shapes): shapes.indices.map { "\(prefix)x\($0 + 1)" }.joined(separator: ", ")
    case .number(let number): number == number.rounded() && abs(number) < 1e9 ? "\(Int(number))" : "\(number)"
    case .list(let list): "\(list)"
    case .flag(let flag): "\(flag)"
    }
  }
}
