import NNSource

extension Session {
  /// Tells why a command failed: as text on standard error and, if JSON was asked for, as the one document on standard output.
  package func report(_ error: any Error, from program: String) -> ExitCode {
    guard let failure = Failure(explaining: error, from: program) else { return .done }
    try? messages.write(failure.text(isColored: isColored))
    return failure.exitCode
  }
}

extension Failure {
  /// What an error means to the user; nil if it is none: whoever read our output has had enough of it.
  init?(explaining error: any Error, from program: String) {
    switch error {
    case let failure as Failure: self = failure
    case let error as UsageError: self.init(error)
    case TextStream.Failure.closed: return nil
    case TextStream.Failure.failed(let reason): self.init(.file, "cannot write to standard output: \(reason)")
    default: self.init(.internalError, "\(error)", help: "this is a bug of \(program), not of your model; please report it with the model")
    }
  }
}
