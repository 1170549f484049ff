import NNCommands
import Synchronization

/// Runs a tool as a process would be run, and keeps what it says.
struct Transcript: Equatable {
  var code: ExitCode
  var results: String
  var messages: String

  static func run(_ tool: Tool, _ arguments: [String]) -> Transcript {
    let results = Collector()
    let messages = Collector()
    let code = tool.run(arguments, in: Console(results: results.stream, messages: messages.stream))
    return Transcript(code: code, results: results.text, messages: messages.text)
  }
}

/// A stream that keeps what is written.
final class Collector: Sendable {
  private let bytes = Mutex<[UInt8]>([])

  var stream: TextStream {
    TextStream { [self] written in bytes.withLock { $0 += written } }
  }

  var text: String { bytes.withLock { String(decoding: $0, as: UTF8.self) } }
}
