package import NNGraph

/// A function of the language: what `name(...)` in a model means. One file holds its name, parameters, meaning, documentation and samples, and the
/// operation it makes where it needs one of its own. Registered by one line in `Catalogue.functions`.
package protocol CatalogueFunction: Sendable {
  static var name: String { get }
  static var parameters: [FunctionParameter] { get }
  static var documentation: Documentation { get }
  /// Calls that cover the function, for the gradient check, the comparison with other frameworks and the documentation.
  static var samples: [Sample] { get }
  /// What a metric of this name does after its mean over all examples.
  static var metricFinish: Metric.Finish { get }

  /// Builds the graph of a call. Called by `Catalogue.evaluate` only.
  static func apply(_ call: inout FunctionCall) throws(CallError) -> [Value]
}

extension CatalogueFunction {
  package static var metricFinish: Metric.Finish { .none }
}

/// One parameter of a catalogue function, in the order in which positional arguments fill them.
package struct FunctionParameter: Sendable {
  package enum Kind: Hashable, Sendable {
    /// A tensor of real numbers; a number becomes a constant, a class its number.
    case tensor
    /// A tensor of real numbers or of classes.
    case anyTensor
    /// Any number of tensors, the rest of the positional arguments.
    case tensors
    /// One tensor, or `weights`: every trained parameter of rank 2 or more.
    case group
    /// A class, or a tensor, or a constant number.
    case target
    case number
    case wholeNumber
    /// `true` or `false`.
    case flag
    /// A list of whole numbers; -1 where the function says so.
    case shape
    /// A whole number or a list of them.
    case axes
    /// A whole number, a pair of them, or a name such as `same`.
    case extent
    case initializer
  }

  package var name: String
  package var kind: Kind
  package var isNamed: Bool
  /// How the default reads in the documentation; nil where the argument must be given.
  package var standard: String?

  package init(_ name: String, _ kind: Kind, named: Bool = false, default standard: String? = nil) {
    self.name = name
    self.kind = kind
    self.isNamed = named
    self.standard = standard
  }
}

package struct Documentation: Sendable {
  package enum Section: String, Sendable, CaseIterable {
    case elementwise = "Elementwise"
    case reduction = "Reductions"
    case shape = "Shape"
    case layer = "Dense and convolution"
    case regularizing = "Regularising"
    case sequence = "Sequence"
    case loss = "Losses"
    case metric = "Metrics"
    case gradient = "Derivatives"
  }

  package var section: Section
  package var summary: String
  package var formula: String

  package init(_ section: Section, _ summary: String, formula: String) {
    self.section = section
    self.summary = summary
    self.formula = formula
  }
}
