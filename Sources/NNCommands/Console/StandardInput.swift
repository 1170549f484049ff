import Glibc
import NNData

/// Text that is piped in.
enum StandardInput {
  /// More than any model: a stream without an end must not fill the memory.
  private static let limit = 64 << 20

  static func read() throws(Failure) -> [UInt8] {
    FilesRead.add(descriptor: STDIN_FILENO)
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = chunk.withUnsafeMutableBytes { Glibc.read(STDIN_FILENO, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw Failure(.file, "cannot read standard input: \(String(cString: strerror(errno)))") }
      if count == 0 { return bytes }
      bytes += chunk[..<count]
      guard bytes.count <= limit else { throw Failure(.file, "more than \(limit >> 20) MB come from standard input") }
    }
  }
}
