/// Turns diagnostics into text for a terminal or a log: a pure function of the sources and the diagnostics.
///
/// ```
/// model.nn:7:11: error: unknown layer 'softmx'
///   |
/// 7 |   out   = softmx(hidden)
///   |           ^~~~~~
///   = help: did you mean 'softmax'?
/// ```
package struct DiagnosticRenderer: Sendable {
  private let map: SourceMap
  private let paint: Paint

  private init(map: SourceMap, color: Bool) {
    self.map = map
    self.paint = Paint(isOn: color)
  }

  /// The diagnostics in the order of the text, one blank line between them, each line ended by a newline.
  package static func render(_ diagnostics: [Diagnostic], in map: SourceMap, color: Bool = false) -> String {
    let renderer = DiagnosticRenderer(map: map, color: color)
    return diagnostics.sortedByPosition().map(renderer.render).joined(separator: "\n")
  }

  private func render(_ diagnostic: Diagnostic) -> String {
    let width = gutterWidth(of: diagnostic)
    let margin = String(repeating: " ", count: width)
    var text = headline(of: diagnostic)
    if let range = diagnostic.range, let excerpt = Excerpt(of: range, in: map) {
      let line = "\(excerpt.line)"
      text += paint.dim("\(margin) |") + "\n"
      text += paint.dim(padded(line, to: width) + " |") + " " + excerpt.text + "\n"
      text += paint.dim("\(margin) |") + " " + excerpt.indentation + paint.accent(excerpt.underline, diagnostic.severity) + "\n"
    }
    if let help = diagnostic.help { text += "\(margin) = \(paint.bold("help:")) \(printable(help))\n" }
    for note in diagnostic.notes { text += render(note, width: width, besides: diagnostic.range) }
    return text
  }

  private func headline(of diagnostic: Diagnostic) -> String {
    let location = diagnostic.range.flatMap(map.location(of:))
    let place = location.map { paint.bold("\(printable($0.file)):\($0.line):\($0.column):") + " " } ?? ""
    let severity = paint.accent("\(diagnostic.severity.rawValue):", diagnostic.severity)
    return "\(place)\(severity) \(paint.bold(printable(diagnostic.message)))\n"
  }

  /// A note names its file only if it is not the one the diagnostic is about.
  private func render(_ note: Diagnostic.Note, width: Int, besides main: SourceRange?) -> String {
    let location = map.location(of: note.range)
    let isElsewhere = note.range.file != main?.file
    let place = isElsewhere ? location.map { "\(printable($0.file)):\($0.line):\($0.column): " } ?? "" : ""
    var text = "\(place)\(paint.accent("note:", .note)) \(printable(note.message))\n"
    if let excerpt = Excerpt(of: note.range, in: map) {
      text += paint.dim(padded("\(excerpt.line)", to: width) + " |") + " " + excerpt.text + "\n"
    }
    return text
  }

  private func gutterWidth(of diagnostic: Diagnostic) -> Int {
    let ranges = [diagnostic.range].compactMap { $0 } + diagnostic.notes.map(\.range)
    return ranges.compactMap { map.location(of: $0) }.map { "\($0.line)".count }.max() ?? 1
  }

  private func padded(_ text: String, to width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }
}

/// The marks of a terminal that shows colours, or nothing.
private struct Paint: Sendable {
  let isOn: Bool

  func bold(_ text: String) -> String { wrapped(text, "1") }
  func dim(_ text: String) -> String { wrapped(text, "2") }

  func accent(_ text: String, _ severity: Diagnostic.Severity) -> String {
    switch severity {
    case .error: wrapped(text, "1;31")
    case .warning: wrapped(text, "1;33")
    case .note: wrapped(text, "1;36")
    }
  }

  private func wrapped(_ text: String, _ code: String) -> String {
    isOn && !text.isEmpty ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }
}
