package import NNExecution
package import NNSchedule

/// How a model is turned into a program.
package struct ProgramOptions: Sendable {
  package var compiler: CompilerChoice
  package var precision: Precision
  /// The largest number of examples in a call.
  package var batch: Int

  package init(compiler: CompilerChoice = .tcc, precision: Precision = .f32, batch: Int) {
    self.compiler = compiler
    self.precision = precision
    self.batch = batch
  }
}
