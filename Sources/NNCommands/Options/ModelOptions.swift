package import NNSchedule

/// Which model a command is about, and in which precision and with which settings.
package struct ModelOptions: Sendable {
  static let operand = CommandDescription.Operand("MODEL.nn", "the model; - reads it from standard input")

  package let path: String
  package let settings: [Setting]
  package let precision: Precision?

  init(_ arguments: ParsedArguments) throws(UsageError) {
    path = arguments.operands[0]
    settings = try arguments.all(CommonOptions.set)
    precision = try arguments.value(of: CommonOptions.precision)
  }
}

/// How to run a model.
package struct RunOptions: Sendable {
  package let model: ModelOptions
  package let compiler: CompilerChoice
  package let threads: Int?
  package let seed: UInt64?

  init(_ arguments: ParsedArguments) throws(UsageError) {
    model = try ModelOptions(arguments)
    compiler = try arguments.value(of: CommonOptions.jit) ?? .tcc
    threads = try arguments.value(of: CommonOptions.threads)
    seed = try arguments.value(of: CommonOptions.seed)
  }
}
