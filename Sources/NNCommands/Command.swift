/// Something a program can be told to do. Each is one file in `Commands/`.
package protocol Command: Sendable {
  static var description: CommandDescription { get }

  /// Reads every option the description lists, so that nothing a user says is ignored.
  init(_ arguments: ParsedArguments) throws(UsageError)

  func run(in console: Console) throws -> ExitCode
}
