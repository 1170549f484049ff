import NNData
import NNExecution
import NNSource
import NNTraining

extension Console {
  /// Tells why a command failed: as text on standard error and, if JSON was asked for, as the one document on standard output.
  package func report(_ error: any Error, from program: String) -> ExitCode {
    guard let failure = Failure(explaining: error, from: program) else { return .done }
    try? messages.write(failure.text(isColored: isColored))
    if isJSON { try? results.write(failure.json.text + "\n") }
    return failure.exitCode
  }
}

extension Failure {
  /// What an error means to the user; nil if it is none: whoever read our output has had enough of it.
  init?(explaining error: any Error, from program: String) {
    switch error {
    case let failure as Failure: self = failure
    case let error as UsageError: self.init(error)
    case let error as DataError: self.init(error)
    case let error as TrainingError: self.init(error, in: SourceMap())
    case let error as ExecutionError: self.init(error, from: program)
    case TextStream.Failure.closed: return nil
    case TextStream.Failure.failed(let reason): self.init(.file, "cannot write to standard output: \(reason)")
    default: self.init(bug: error, of: program)
    }
  }
}

extension Failure {
  private init(bug error: any Error, of program: String) {
    self.init(.internalError, "\(error)", help: "this is a bug of \(program), not of your model; please report it with the model")
  }

  private init(_ error: ExecutionError, from program: String) {
    switch error {
    case .rejected, .undefined, .missingEntry: self.init(bug: error, of: program)
    case .tooManyValues: self.init(.bad, error.description, help: "'--jit cc' calls a compiler that has no such limit")
    case .noCompiler: self.init(.file, error.description, help: "'--jit tcc' needs none; or install one: apt-get install gcc")
    case .unsupportedProcessor, .system: self.init(.bad, error.description)
    }
  }

  init(_ error: DataError) {
    let code: ExitCode = if case .file = error { .file } else { .bad }
    self.init(code, error.message, help: error.help, file: error.path)
  }

  /// `{"errors": [{"file", "line", "column", "message", "help"}]}`; what does not apply is null.
  fileprivate var json: JSON {
    let errors = records.map { record -> JSON in
      [
        "file": record.file.map(JSON.string) ?? .null, "line": record.line.map(JSON.integer) ?? .null,
        "column": record.column.map(JSON.integer) ?? .null, "message": .string(record.message),
        "help": record.help.map(JSON.string) ?? .null,
      ]
    }
    return ["errors": .array(errors)]
  }
}
