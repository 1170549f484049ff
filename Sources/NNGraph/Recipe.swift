package import NNSource

/// How a model is to be trained: the train block, checked. Every line has a command-line option of the same name.
package struct Recipe: Sendable {
  package var data: DataDescription?
  package var validation: Validation?
  package var test: DataDescription?
  package var normalization: NormalizationRule?
  package var augmentation: AugmentationRule?
  package var optimizer = OptimizerChoice(name: "sgd", arguments: ["rate": 0.01])
  package var schedule = ScheduleChoice(name: "constant", arguments: [:])
  package var clip: Double?
  package var batch = 32
  package var epochs = 10
  /// So many epochs without a better validation loss end the training; nil does not.
  package var patience: Int?
  package var seed: UInt64 = 0
  /// Where lines were written, for messages about them.
  package var ranges: [String: SourceRange] = [:]

  package init() {}
}

package enum Validation: Sendable {
  /// A seeded part of the training data.
  case split(Double)
  case source(DataDescription)
}

/// How pictures are changed, at random, each time they are learnt from.
package struct AugmentationRule: Sendable, Hashable {
  /// Half of them are mirrored, left to right.
  package var flips = false
  /// The most pixels they are moved by, in both directions; what comes in is 0.
  package var crop = 0

  package init() {}
}

package struct OptimizerChoice: Sendable, Hashable {
  package var name: String
  /// Numbers by name, the rate among them; flags are 0 or 1.
  package var arguments: [String: Double]

  package init(name: String, arguments: [String: Double]) {
    self.name = name
    self.arguments = arguments
  }

  /// The rate that it begins with.
  package var rate: Double {
    guard let rate = arguments["rate"] else { preconditionFailure("internal: an optimizer without a rate") }
    return rate
  }

  /// As a train block has it.
  package var text: String {
    "\(name)(\(arguments.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: ", ")))"
  }
}

package struct ScheduleChoice: Sendable, Hashable {
  package var name: String
  package var arguments: [String: [ScheduleNumber]]

  package init(name: String, arguments: [String: [ScheduleNumber]]) {
    self.name = name
    self.arguments = arguments
  }
}

/// A number of steps that may count in epochs, whose length is known only with the data: `steps + epochs * epoch`.
package struct ScheduleNumber: Sendable, Hashable {
  package var steps: Double
  package var epochs: Double

  package init(steps: Double, epochs: Double = 0) {
    self.steps = steps
    self.epochs = epochs
  }
}

/// Where data comes from, as written: a source with its arguments. Reading it is another module's work.
package struct DataDescription: Sendable {
  package indirect enum Argument: Sendable {
    case string(String)
    case strings(from: String, to: String)
    case number(Double)
    case name(String)
    case list([Argument])
  }

  package enum Kind: String, Sendable, CaseIterable {
    case csv, idx, cifar10, npz, safetensors, images, rows, random
    /// Just a name, which says what the file is.
    case file

    /// Those that are written as calls.
    package static let called = allCases.filter { $0 != .file }
  }

  package var kind: Kind
  package var positional: [Argument]
  package var named: [(name: String, value: Argument)]
  package var range: SourceRange?

  package init(kind: Kind, positional: [Argument], named: [(name: String, value: Argument)], range: SourceRange?) {
    self.kind = kind
    self.positional = positional
    self.named = named
    self.range = range
  }
}
