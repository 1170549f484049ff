package import NNData
package import NNSource

/// Something that keeps a model from learning, seen while it is trained.
package struct Diagnosis: Equatable, Sendable {
  package enum Kind: String, Sendable, CaseIterable {
    case deadUnits = "dead_units"
    case saturatedUnits = "saturated_units"
    case vanishingGradients = "vanishing_gradients"
    case explodingGradients = "exploding_gradients"
    case rateTooHigh = "rate_too_high"
    case rateTooLow = "rate_too_low"
    case constantTargets = "constant_targets"
    case targetsOutOfRange = "targets_out_of_range"
    case inputsNotNormalized = "inputs_not_normalized"
  }

  package let kind: Kind
  /// The layer, port or parameter that has it, where it is not the whole model.
  package let subject: String?
  package let message: String
  package let help: String
  /// The text of the model that it is about. Files keep its file and line.
  package let range: SourceRange?
  package let file: String?
  package let line: Int?

  init(_ kind: Kind, _ subject: String?, _ message: String, help: String, at range: SourceRange?, in sources: SourceMap) {
    self.kind = kind
    self.subject = subject
    self.message = message
    self.help = help
    self.range = range
    let location = range.flatMap(sources.location(of:))
    file = location?.file
    line = location?.line
  }

  /// What is told once in a training.
  var key: [String] { [kind.rawValue, subject ?? "", line.map(String.init) ?? ""] }

  /// As on a terminal, with the place in the model.
  package var diagnostic: Diagnostic { .warning(message, at: range, help: help) }

  package var json: JSON {
    var members = [JSON.Member("kind", .string(kind.rawValue))]
    if let subject { members.append(JSON.Member("subject", .string(subject))) }
    if let file, let line { members += [JSON.Member("file", .string(file)), JSON.Member("line", .integer(line))] }
    return .object(members + [JSON.Member("message", .string(message)), JSON.Member("help", .string(help))])
  }

  /// Reads back what `json` wrote; nil for anything else.
  init?(_ json: JSON) {
    guard let kind = json["kind"]?.stringValue.flatMap(Kind.init), let message = json["message"]?.stringValue,
      let help = json["help"]?.stringValue
    else { return nil }
    self.kind = kind
    self.message = message
    self.help = help
    subject = json["subject"]?.stringValue
    range = nil
    file = json["file"]?.stringValue
    if case .integer(let number)? = json["line"] { line = number } else { line = nil }
  }
}
