import NNSchedule

/// The names that all of a program shares: they begin with the model's.
struct ProgramNames: Sendable {
  /// `digits`
  let prefix: String
  /// `DIGITS`
  let macroPrefix: String
  /// Whether entries are the float part behind an inference in integers, which nobody else calls.
  let isRest: Bool

  init(model: String, isRest: Bool = false) {
    let spelling = CIdentifier.spelling(of: model)
    // Compilers know `__real`, and Python gives what begins so in a class another name.
    prefix = spelling == "_" || spelling.hasPrefix("__") ? "model" + spelling : spelling
    macroPrefix = CIdentifier.capitals(of: prefix)
    self.isRest = isRest
  }

  func entry(_ kind: EntryKind) -> String { "\(prefix)_\(kind.rawValue)\(isRest ? Self.restSuffix : "")" }

  static let restSuffix = "_rest"

  /// The function of an entry that takes its arguments as one array.
  func thunk(_ kind: EntryKind) -> String { "\(prefix)_\(kind.rawValue)_call" }

  func macro(_ name: String) -> String { "\(macroPrefix)_\(name)" }

  func member(_ name: String) -> String { "\(prefix)_\(name)" }

  /// The table of the numbers that tiles read.
  var constants: String { member("constants") }

  /// Whether a word is visible in the whole file.
  func isVisible(_ word: String) -> Bool { word.hasPrefix(prefix + "_") || word.hasPrefix(macroPrefix + "_") }

  /// How the program calls what the templates call `name`, such as `nn_exp`: `digits_exp`.
  func carried(_ name: String) -> String {
    let stem = String(name.dropFirst(3))
    return "\(prefix)_\(stem)\(Self.members.contains(stem) ? "_" : "")"
  }

  /// What is public in the C interface.
  private static let members = Set(
    EntryKind.allCases.map(\.rawValue) + [
      "real", "tensor", "tensors", "tensor_count", "model", "info", "predict", "parallel", "address", "constants", "fits", "share",
      "demand", "weights", "weights_fit",
    ])
}
