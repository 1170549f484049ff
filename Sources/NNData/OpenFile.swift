import Glibc
import Synchronization

/// A large file whose bytes are read where they are asked for.
///
/// It is read, not mapped: when somebody cuts a mapped file short, the system ends the process (SIGBUS) at the next access. Bytes that are
/// not there any more are read as zeros, and `check` tells.
final class OpenFile: Sendable {
  private let path: String
  private let descriptor: Int32
  private let isShort = Atomic<Bool>(false)

  /// Takes over the descriptor.
  init(path: String, descriptor: Int32) {
    self.path = path
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  func bytes(at offset: Int, count: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      read(at: offset, into: UnsafeMutableRawBufferPointer(buffer))
      filled = count
    }
  }

  private func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) {
    var done = 0
    while done < buffer.count {
      let count = pread(descriptor, buffer.baseAddress.map { $0 + done }, buffer.count - done, offset + done)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else {
        isShort.store(true, ordering: .relaxed)
        for index in done..<buffer.count { buffer[index] = 0 }
        return
      }
      done += count
    }
  }

  func check() throws(DataError) {
    guard isShort.load(ordering: .relaxed) else { return }
    throw .file(path: path, message: "it cannot be read to its end any more: it was changed while it was in use", help: nil)
  }
}
