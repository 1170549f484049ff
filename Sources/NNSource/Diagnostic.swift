/// Something to tell the user about the model: the rule in their words, the place, and perhaps what to do.
///
/// The message is one headline: lower case, no full stop, names in single quotes. Only `help` says what to do.
package struct Diagnostic: Hashable, Sendable, Error {
  package enum Severity: String, Hashable, Sendable {
    case error, warning, note
  }

  /// Another place that matters: where a name is declared, where a shape came from.
  package struct Note: Hashable, Sendable {
    package var message: String
    package var range: SourceRange

    package init(_ message: String, at range: SourceRange) {
      self.message = message
      self.range = range
    }
  }

  package var severity: Severity
  package var message: String
  /// Nil for what has no place in any text, such as a setting that names nothing.
  package var range: SourceRange?
  package var notes: [Note]
  package var help: String?

  package init(_ severity: Severity, _ message: String, at range: SourceRange?, notes: [Note] = [], help: String? = nil) {
    self.severity = severity
    self.message = message
    self.range = range
    self.notes = notes
    self.help = help
  }

  package static func error(_ message: String, at range: SourceRange?, notes: [Note] = [], help: String? = nil) -> Diagnostic {
    Diagnostic(.error, message, at: range, notes: notes, help: help)
  }

  package static func warning(_ message: String, at range: SourceRange?, notes: [Note] = [], help: String? = nil) -> Diagnostic {
    Diagnostic(.warning, message, at: range, notes: notes, help: help)
  }
}

extension Sequence<Diagnostic> {
  package var hasErrors: Bool { contains { $0.severity == .error } }

  /// In the order of the text, which is the order to fix them in; those without a place come first.
  package func sortedByPosition() -> [Diagnostic] {
    enumerated()
      .sorted { left, right in
        let leftKey = (left.element.range?.file ?? -1, left.element.range?.lower ?? -1, left.offset)
        let rightKey = (right.element.range?.file ?? -1, right.element.range?.lower ?? -1, right.offset)
        return leftKey < rightKey
      }
      .map(\.element)
  }
}
