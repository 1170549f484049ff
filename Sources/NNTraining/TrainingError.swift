package import NNSource

/// Why a model cannot be run, trained or checked. It is about the model, the data or a request that does not fit them; trouble with files
/// comes as `DataError`.
package struct TrainingError: Error, Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    /// The model, the data or a check is bad.
    case content
    /// A file or folder is not as it has to be.
    case file
  }

  package var kind: Kind
  /// The file it is about, if it is about one.
  package var path: String?
  /// The text of the model it is about.
  package var range: SourceRange?
  package var message: String
  package var help: String?

  package init(_ message: String, kind: Kind = .content, path: String? = nil, range: SourceRange? = nil, help: String? = nil) {
    self.kind = kind
    self.path = path
    self.range = range
    self.message = message
    self.help = help
  }
}

extension TrainingError: CustomStringConvertible {
  package var description: String {
    (path.map { "\($0): " } ?? "") + message + (help.map { "\n  = help: \($0)" } ?? "")
  }
}
