@preconcurrency import Glibc
import Synchronization

/// A program that is run to its end, and may be told from another thread to end early.
final class Subprocess: Sendable {
  private enum State {
    case waiting
    case running(pid_t)
    case cancelled
  }

  private let state = Mutex(State.waiting)

  /// Runs a program, without input, and collects what it writes to either of its outputs.
  ///
  /// - Returns: whether it ended with exit code 0, and its output; nil if it could not be started or was told to end.
  func run(_ program: String, _ arguments: [String]) -> (succeeded: Bool, output: String)? {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { return nil }
    defer { close(ends[0]) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    let child = start(program, arguments, output: ends[1])
    close(ends[1])
    guard let child else { return nil }
    let output = Self.readToEnd(ends[0])
    return wait(for: child).map { ($0, output) }
  }

  /// Ends the program if it runs, and keeps it from starting otherwise.
  func cancel() {
    state.withLock { state in
      if case .running(let child) = state { kill(child, SIGTERM) }
      state = .cancelled
    }
  }

  private func start(_ program: String, _ arguments: [String], output: Int32) -> pid_t? {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, output, 1)
    posix_spawn_file_actions_adddup2(&actions, output, 2)
    var attributes = Self.plainSignals()
    defer { posix_spawnattr_destroy(&attributes) }
    var words = ([program] + arguments).map { strdup($0) } + [nil]
    defer { words.forEach { free($0) } }
    return state.withLock { state in
      guard case .waiting = state else { return nil }
      var child: pid_t = 0
      guard posix_spawnp(&child, program, &actions, &attributes, &words, environ) == 0 else { return nil }
      state = .running(child)
      return child
    }
  }

  /// The program must not inherit the signals that this thread blocks or this process ignores: it could not be told to end.
  private static func plainSignals() -> posix_spawnattr_t {
    var attributes = posix_spawnattr_t()
    var none = sigset_t()
    var all = sigset_t()
    sigemptyset(&none)
    sigfillset(&all)
    posix_spawnattr_init(&attributes)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    return attributes
  }

  private static func readToEnd(_ file: Int32) -> String {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = read(file, &chunk, chunk.count)
      if count > 0 {
        bytes += chunk[..<count]
      } else if count == 0 || errno != EINTR {
        return String(decoding: bytes, as: UTF8.self)
      }
    }
  }

  /// The child is left as a zombie until the state no longer names it, so that `cancel` cannot hit another process.
  private func wait(for child: pid_t) -> Bool? {
    var info = siginfo_t()
    while waitid(P_PID, id_t(child), &info, WEXITED | WNOWAIT) != 0 && errno == EINTR {}
    return state.withLock { state in
      var status: Int32 = 0
      while waitpid(child, &status, 0) < 0 && errno == EINTR {}
      if case .cancelled = state { return nil }
      state = .waiting
      return status == 0
    }
  }
}
