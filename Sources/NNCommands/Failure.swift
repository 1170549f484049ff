package import NNSource
import NNTraining

/// Why a command could not do its work, ready to be told.
package struct Failure: Error, Sendable {
  package var exitCode: ExitCode
  package var diagnostics: [Diagnostic]
  /// The texts that the diagnostics point into.
  package var sources: SourceMap
  /// The file that is in trouble, where that is not one of `sources`.
  package var file: String?

  /// A model that is wrong: everything that is wrong with it.
  package init(_ diagnostics: [Diagnostic], in sources: SourceMap) {
    self.init(.bad, diagnostics, in: sources, file: nil)
  }

  /// One thing, in one sentence.
  package init(_ exitCode: ExitCode, _ message: String, help: String? = nil, file: String? = nil) {
    self.init(exitCode, [.error(message, at: nil, help: help)], in: SourceMap(), file: file)
  }

  private init(_ exitCode: ExitCode, _ diagnostics: [Diagnostic], in sources: SourceMap, file: String?) {
    self.exitCode = exitCode
    self.diagnostics = diagnostics
    self.sources = sources
    self.file = file
  }

  /// What keeps a model from being run.
  init(_ error: TrainingError, in sources: SourceMap) {
    let diagnostic = Diagnostic.error(error.message, at: error.range, help: error.help)
    let file = error.path ?? (error.range == nil ? sources.files.first?.name : nil)
    self.init(error.kind == .file ? .file : .bad, [diagnostic], in: sources, file: file)
  }

  package init(_ error: UsageError) {
    self.init(.usage, error.message, help: error.help)
  }

  /// The errors as data, for `--json`.
  package var records: [DiagnosticRecord] {
    DiagnosticRecord.errors(of: diagnostics, in: sources).map { record in
      var record = record
      record.file = record.file ?? file
      return record
    }
  }

  package func text(isColored: Bool) -> String {
    (file.map { "\($0): " } ?? "") + DiagnosticRenderer.render(diagnostics, in: sources, color: isColored)
  }
}
