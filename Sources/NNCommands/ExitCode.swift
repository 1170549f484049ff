/// How a command ended, as the shell sees it.
package enum ExitCode: Int32, Sendable {
  case done = 0
  /// The model, the data or a check is bad.
  case bad = 1
  /// The command line cannot be understood.
  case usage = 2
  /// A file cannot be read or written.
  case file = 3
  /// A bug of ours.
  case internalError = 70
  /// Stopped by Ctrl-C, after saving what there was to save.
  case interrupted = 130
  /// Stopped by SIGTERM, likewise.
  case terminated = 143
}
