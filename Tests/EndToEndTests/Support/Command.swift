import Glibc

/// A command of the system, run to its end.
struct Command {
  var status: Int32
  var output: String

  /// Runs it in a folder; words must be free of what a shell would interpret.
  init(_ words: [String], in folder: String) throws {
    let line = "cd '\(folder)' && " + words.joined(separator: " ") + " 2>&1 </dev/null"
    guard let pipe = popen(line, "re") else { throw CommandError(line: line) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = fread(&chunk, 1, chunk.count, pipe)
      guard count > 0 else { break }
      bytes += chunk[..<count]
    }
    status = pclose(pipe)
    output = String(decoding: bytes, as: UTF8.self)
  }

  static func exists(_ program: String) -> Bool {
    (try? Command(["command", "-v", program], in: "/"))?.status == 0
  }

  private struct CommandError: Error {
    var line: String
  }
}
