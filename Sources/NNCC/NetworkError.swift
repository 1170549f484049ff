internal import NNData
internal import NNExecution
internal import NNSource
internal import NNTraining

/// Why a network cannot be made, or a call cannot be done.
public struct NetworkError: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Kind: Hashable, Sendable {
    /// The model's text is wrong; the message shows each place.
    case model
    /// A file cannot be read or written, or holds something else.
    case file
    /// What was handed over does not fit the network.
    case arguments
    /// The system has no memory, no compiler or the like.
    case system
  }

  public let kind: Kind
  public let message: String

  public var description: String { message }

  init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = message
  }

  init(_ error: any Error, in sources: SourceMap) {
    switch error {
    case let error as NetworkError: self = error
    case let error as TrainingError:
      let diagnostic = Diagnostic.error(error.message, at: error.range, help: error.help)
      self.init(.model, DiagnosticRenderer.render([diagnostic], in: sources))
    case let error as DataError: self.init(.file, error.description)
    default: self.init(.system, "\(error)")
    }
  }
}
