/// When to colour messages.
package enum ColorChoice: String, CaseIterable, Sendable {
  case auto, always, never

  /// By the user's word; without one on terminals that can, unless `NO_COLOR` is set to anything.
  package func isOn(onTerminal: Bool, noColor: String?, term: String?) -> Bool {
    switch self {
    case .always: true
    case .never: false
    case .auto: onTerminal && (noColor ?? "").isEmpty && term != "dumb"
    }
  }
}
