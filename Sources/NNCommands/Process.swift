import Glibc
import Synchronization

extension Tool {
  /// Runs as this process, to its end.
  package func runAndExit() -> Never {
    // A reader who has gone shows as an error of `write`, which ends the command in good order.
    signal(SIGPIPE, SIG_IGN)
    // So does a file that may grow no further.
    signal(SIGXFSZ, SIG_IGN)
    let console = Console(results: .standardOutput, messages: .standardError)
    exit(run(Array(CommandLine.arguments.dropFirst()), in: console).rawValue)
  }
}

/// The signal that asked for an end, or 0.
private let pendingSignal = Atomic<Int32>(0)

/// Ctrl-C and SIGTERM as something to ask about between two steps, so that work can be saved before the end.
package enum Interruption {
  /// From here on the first signal only leaves a mark; a second one ends the process at once.
  package static func listen() {
    // Makes the storage before a handler can need it.
    pendingSignal.store(0, ordering: .relaxed)
    for number in [SIGINT, SIGTERM] {
      signal(number) { number in
        if pendingSignal.exchange(number, ordering: .relaxed) != 0 { _exit(128 + number) }
      }
    }
  }

  /// What the user asked for: nil to go on, else the exit code to end with.
  package static var requested: ExitCode? {
    switch pendingSignal.load(ordering: .relaxed) {
    case SIGINT: .interrupted
    case SIGTERM: .terminated
    default: nil
    }
  }
}
