/// A command line that cannot be understood, in the user's words.
package struct UsageError: Error, Hashable, Sendable {
  package var message: String
  /// What to do about it, if there is something to propose.
  package var help: String?

  package init(_ message: String, help: String? = nil) {
    self.message = message
    self.help = help
  }
}
