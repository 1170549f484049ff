import Glibc
import Synchronization

/// The files that the program has read, so that no result is written over one of them.
package enum FilesRead {
  private static let numbers = Mutex<Set<Number>>([])

  static func add(_ status: stat) {
    guard let number = Number(status) else { return }
    numbers.withLock { _ = $0.insert(number) }
  }

  package static func add(descriptor: Int32) {
    var status = stat()
    if fstat(descriptor, &status) == 0 { add(status) }
  }

  /// A file that belongs to what was read, though nobody has looked into it.
  package static func add(_ path: String) {
    var status = stat()
    if stat(path, &status) == 0 { add(status) }
  }

  /// Whether the path names a file that was read, by whatever name.
  package static func contains(_ path: String) -> Bool {
    var status = stat()
    guard stat(path, &status) == 0, let number = Number(status) else { return false }
    return numbers.withLock { $0.contains(number) }
  }

  /// What tells files from each other, whatever they are called.
  private struct Number: Hashable {
    private let device: dev_t
    private let number: ino_t

    /// Nil where there is no regular file: a device may well be both.
    init?(_ status: stat) {
      guard status.st_mode & S_IFMT == S_IFREG else { return nil }
      (device, number) = (status.st_dev, status.st_ino)
    }
  }
}
