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
  /// Stopped by the end of its terminal, after saving what there was to save.
  case hungUp = 129
  /// Stopped by Ctrl-C, likewise.
  case interrupted = 130
  /// Stopped by SIGTERM, likewise.
  case terminated = 143

  /// Those that scripts have use for.
  static let meanings: [(code: Int32, meaning: String)] = [
    (done.rawValue, "all is done"), (bad.rawValue, "the model, the data, weights or a check are bad"),
    (usage.rawValue, "the command line cannot be understood"), (file.rawValue, "a file cannot be read or written"),
    (hungUp.rawValue, "ended by the end of the terminal"), (interrupted.rawValue, "ended by Ctrl-C"),
    (terminated.rawValue, "ended by SIGTERM"),
  ]
}
