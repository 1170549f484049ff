/// A diagnostic as data: one element of the `errors` list that `--json` prints.
package struct DiagnosticRecord: Hashable, Sendable {
  package var file: String?
  package var line: Int?
  package var column: Int?
  package var message: String
  package var help: String?

  package init(_ diagnostic: Diagnostic, in map: SourceMap) {
    let location = diagnostic.range.flatMap(map.location(of:))
    self.file = location?.file
    self.line = location?.line
    self.column = location?.column
    self.message = diagnostic.message
    self.help = diagnostic.help
  }

  /// The errors among `diagnostics`, in the order of the text.
  package static func errors(of diagnostics: [Diagnostic], in map: SourceMap) -> [DiagnosticRecord] {
    diagnostics.sortedByPosition().filter { $0.severity == .error }.map { DiagnosticRecord($0, in: map) }
  }
}
