package import NNExecution
package import NNSchedule

/// How to train; what to do is in the model's recipe.
package struct TrainingOptions: Sendable {
  package var compiler: CompilerChoice
  package var precision: Precision
  /// Where the run is kept; nil keeps nothing.
  package var folder: RunFolder?
  /// Go on with the run in the folder, if there is one.
  package var resumes: Bool
  /// What paths in the recipe are relative to.
  package var baseFolder: String

  package init(
    compiler: CompilerChoice = .tcc, precision: Precision = .f32, folder: RunFolder? = nil, resumes: Bool = false, baseFolder: String = "."
  ) {
    self.compiler = compiler
    self.precision = precision
    self.folder = folder
    self.resumes = resumes
    self.baseFolder = baseFolder
  }
}
