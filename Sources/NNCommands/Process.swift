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

/// Whether there is work to save before an end.
private let hasWork = Atomic<Bool>(false)

/// Whether an end without work is told as JSON, and how.
private let tellsJSON = Atomic<Bool>(false)
private let endJSON: StaticString =
  "{\"errors\": [{\"file\": null, \"line\": null, \"column\": null, \"message\": \"stopped while data was read\", \"help\": null}]}\n"

/// Ctrl-C, SIGTERM and the end of a terminal as something to ask about between two steps, so that work can be saved before the end.
package enum Interruption {
  /// From here on signals end the process at once, with their exit codes. When work has begun, the first one only leaves a mark; a second one ends
  /// the process at once, unless it is of those that the end of a session sends together.
  package static func listen(isJSON: Bool) {
    // Makes the storage before a handler can need it.
    pendingSignal.store(0, ordering: .relaxed)
    hasWork.store(false, ordering: .relaxed)
    tellsJSON.store(isJSON, ordering: .relaxed)
    // Whoever started this with `nohup` wants it to outlive the terminal.
    var hangup = sigaction()
    sigaction(SIGHUP, nil, &hangup)
    let outlives = unsafeBitCast(hangup.__sigaction_handler.sa_handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
    for number in [SIGINT, SIGTERM] + (outlives ? [] : [SIGHUP]) {
      signal(number) { number in
        guard hasWork.load(ordering: .relaxed) else {
          if tellsJSON.load(ordering: .relaxed) { _ = write(STDOUT_FILENO, endJSON.utf8Start, endJSON.utf8CodeUnitCount) }
          _exit(128 + number)
        }
        let first = pendingSignal.exchange(number, ordering: .relaxed)
        if first == number && number != SIGHUP || first != 0 && number == SIGINT { _exit(128 + number) }
      }
    }
  }

  /// There is something to save from now on.
  package static func beginWork() { hasWork.store(true, ordering: .relaxed) }

  /// What the user asked for: nil to go on, else the exit code to end with.
  package static var requested: ExitCode? {
    switch pendingSignal.load(ordering: .relaxed) {
    case SIGINT: .interrupted
    case SIGTERM: .terminated
    case SIGHUP: .hungUp
    default: nil
    }
  }
}
