/// Why C text did not become callable code.
package enum ExecutionError: Error, Equatable, Sendable {
  /// A compiler refused the text: its messages, one per element. The text is generated, so this is a bug of ours.
  case rejected(compiler: String, messages: [String])
  /// A function of the text passes on more values than the compiler can hold at a time.
  case tooManyValues(compiler: String)
  /// The text uses names that nobody defines.
  case undefined(symbols: [String])
  /// The program has no entry of this name.
  case missingEntry(String)
  /// No C compiler could be started; each element says which was tried and what happened.
  case noCompiler(tried: [String])
  /// The compiler asked for does not exist for this processor.
  case unsupportedProcessor(String)
  /// The operating system refused something: memory, a file, a library.
  case system(String)
}

extension ExecutionError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .rejected(let compiler, let messages):
      "\(compiler) rejected the generated C:\n" + messages.joined(separator: "\n")
    case .tooManyValues(let compiler):
      "\(compiler) cannot compile a call of so many values: the model has hundreds of inputs or other tensors that are computed with at once"
    case .undefined(let symbols):
      "the generated C uses undefined symbols: " + symbols.joined(separator: ", ")
    case .missingEntry(let name):
      "the compiled program has no entry '\(name)'"
    case .noCompiler(let tried):
      "no C compiler works here: " + tried.joined(separator: "; ")
    case .unsupportedProcessor(let what):
      what
    case .system(let message):
      message
    }
  }
}
