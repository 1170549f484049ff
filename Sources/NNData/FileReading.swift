import Glibc

extension ByteBuffer {
  /// From this size on the numbers of a file of data stay there until they are asked for.
  package static let largestInMemory = 64 << 20
  /// The most that is taken from something without a size, such as a pipe.
  private static let streamLimit = 1 << 30

  /// All of a file, in memory.
  package init(contentsOf path: String) throws(DataError) { try self.init(contentsOf: path, largestInMemory: .max) }

  /// - Parameter largestInMemory: the bytes of a larger file stay there. Whoever reads them asks `checkFile` afterwards.
  init(contentsOf path: String, largestInMemory: Int) throws(DataError) {
    guard !path.utf8.contains(0) else { throw .file(path: path, message: "a path cannot hold a NUL character", help: nil) }
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw DataError.cannot("open", path) }
    let open = OpenFile(path: path, descriptor: file)
    var info = stat()
    guard fstat(file, &info) == 0 else { throw DataError.cannot("read", path) }
    FilesRead.add(info)
    let isRegular = info.st_mode & S_IFMT == S_IFREG
    if isRegular, info.st_size > largestInMemory {
      self.init(of: open, count: Int(info.st_size))
    } else {
      let bytes = try Self.readToEnd(file, path: path, expected: isRegular ? Int(info.st_size) : 0)
      withExtendedLifetime(open) {}
      self.init(bytes)
    }
  }

  private static func readToEnd(_ file: Int32, path: String, expected: Int) throws(DataError) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(expected + 1)
    while true {
      let room = max(expected + 1 - bytes.count, 1 << 16)
      var outcome = 0
      let chunk = [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
        outcome = read(file, buffer.baseAddress, room)
        count = max(outcome, 0)
      }
      if outcome < 0 && errno == EINTR { continue }
      guard outcome >= 0 else { throw DataError.cannot("read", path) }
      if outcome == 0 { return bytes }
      if bytes.isEmpty { bytes = chunk } else { bytes += chunk }
      guard bytes.count <= max(streamLimit, expected) else {
        throw .file(path: path, message: "more than \(streamLimit >> 20) MB come out of it", help: nil)
      }
    }
  }
}

extension DataError {
  /// Trouble with a file, in the system's words; to be made right after the call that failed.
  static func cannot(_ verb: String, _ path: String, number: Int32 = errno) -> DataError {
    let reason = strerror(number).map { String(cString: $0) } ?? "error \(number)"
    return .file(path: path, message: "cannot \(verb) it: \(reason)", help: number == ENOENT ? installation(of: path) : nil)
  }

  /// How to get a file that a Debian package brings.
  private static func installation(of path: String) -> String? {
    let root = "/usr/share/datasets/"
    guard path.hasPrefix(root), let name = path.dropFirst(root.count).split(separator: "/").first else { return nil }
    return "apt-get install dataset-\(name)"
  }
}
