import Glibc

/// Somewhere text goes: a file descriptor, or a collector in tests.
package struct TextStream: Sendable {
  package enum Failure: Error, Hashable, Sendable {
    /// The reader has gone, as `head` does when it has seen enough.
    case closed
    case failed(reason: String)
  }

  package let isTerminal: Bool
  private let put: @Sendable ([UInt8]) throws(Failure) -> Void

  package init(isTerminal: Bool = false, put: @escaping @Sendable ([UInt8]) throws(Failure) -> Void) {
    self.isTerminal = isTerminal
    self.put = put
  }

  package func write(_ text: String) throws(Failure) { try write(Array(text.utf8)) }

  package func write(_ bytes: [UInt8]) throws(Failure) { try put(bytes) }

  package static let standardOutput = TextStream(descriptor: STDOUT_FILENO)
  package static let standardError = TextStream(descriptor: STDERR_FILENO)

  private init(descriptor: Int32) {
    self.init(isTerminal: isatty(descriptor) == 1) { bytes throws(Failure) in
      try Self.write(bytes, to: descriptor)
    }
  }

  private static func write(_ bytes: [UInt8], to descriptor: Int32) throws(Failure) {
    var start = 0
    while start < bytes.count {
      let count = bytes[start...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count > 0 {
        start += count
      } else if count < 0 {
        try recover(from: errno, on: descriptor)
      }
    }
  }

  /// Returns when writing may be tried again.
  private static func recover(from error: Int32, on descriptor: Int32) throws(Failure) {
    switch error {
    case EINTR: return
    case EAGAIN:
      var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      poll(&request, 1, -1)
    case EPIPE: throw .closed
    default: throw .failed(reason: String(cString: strerror(error)))
    }
  }
}
