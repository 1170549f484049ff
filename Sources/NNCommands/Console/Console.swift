import Glibc
package import NNSource

/// What a running command knows of the person at the other end: where to write, how much, and in which form.
package struct Console: Sendable {
  package enum Verbosity: Int, Comparable, Sendable {
    case quiet, normal, verbose

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
  }

  package var results: TextStream
  package var messages: TextStream
  package var verbosity: Verbosity
  package var isJSON: Bool
  /// Whether messages are coloured; results never are.
  package var isColored: Bool

  package init(
    results: TextStream, messages: TextStream, verbosity: Verbosity = .normal, isJSON: Bool = false, isColored: Bool = false
  ) {
    self.results = results
    self.messages = messages
    self.verbosity = verbosity
    self.isJSON = isJSON
    self.isColored = isColored
  }

  /// The same streams, as the options of a command line ask for.
  func configured(by arguments: ParsedArguments) throws(UsageError) -> Console {
    var console = self
    console.isJSON = arguments.has(CommonOptions.json)
    if arguments.has(CommonOptions.quiet) { console.verbosity = .quiet }
    if arguments.has(CommonOptions.verbose) { console.verbosity = .verbose }
    console.isColored = console.colors(try arguments.value(of: CommonOptions.color) ?? .auto)
    return console
  }

  private func colors(_ choice: ColorChoice) -> Bool {
    choice.isOn(onTerminal: messages.isTerminal, noColor: environment("NO_COLOR"), term: environment("TERM"))
  }

  /// The same, but for remarks and warnings.
  var silenced: Console {
    var console = self
    console.verbosity = .quiet
    return console
  }

  /// Results, on standard output.
  package func print(_ text: String) throws(TextStream.Failure) {
    try results.write(text + "\n")
  }

  /// Progress and remarks, on standard error. That nobody reads them is no reason to stop.
  package func say(_ text: String, from least: Verbosity = .normal) {
    guard verbosity >= least else { return }
    try? messages.write(text + "\n")
  }

  /// Warnings and notes about a model; errors end a command and come as a ``Failure``.
  package func warn(about diagnostics: [Diagnostic], in map: SourceMap) {
    guard verbosity > .quiet, !diagnostics.isEmpty else { return }
    try? messages.write(DiagnosticRenderer.render(diagnostics, in: map, color: isColored))
  }

  /// A warning without a place.
  package func warn(_ message: String, help: String? = nil) {
    warn(about: [.warning(message, at: nil, help: help)], in: SourceMap())
  }
}

private func environment(_ name: String) -> String? {
  getenv(name).map { String(cString: $0) }
}
