import Glibc

/// Folders that output goes to.
package enum Folder {
  /// Makes a folder and those above it, if they are not there.
  package static func make(_ path: String) throws(DataError) {
    var made = path.hasPrefix("/") ? "/" : ""
    for part in path.split(separator: "/") {
      made += part
      if mkdir(made, 0o777) != 0 {
        let number = errno
        guard number == EEXIST, exists(made) else { throw cannotMake(made, number) }
      }
      made += "/"
    }
  }

  /// The names in a folder, sorted, without `.` and `..`.
  package static func names(in path: String) throws(DataError) -> [String] {
    guard let folder = opendir(path) else { throw DataError.cannot("open", path) }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: $0.pointee)) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  /// Whether there is something of this name, a file or anything else.
  package static func holds(_ path: String) -> Bool {
    var info = stat()
    return lstat(path, &info) == 0
  }

  static func exists(_ path: String) -> Bool {
    var info = stat()
    return stat(path, &info) == 0 && info.st_mode & S_IFMT == S_IFDIR
  }

  private static func cannotMake(_ path: String, _ number: Int32) -> DataError {
    let reason = number == EEXIST ? "a file is in the way" : String(cString: strerror(number))
    return .file(path: path, message: "cannot make the folder: \(reason)", help: nil)
  }
}

/// A folder that one process at a time may have. It is free again when the lock or the process ends, however that comes about.
package final class FolderLock {
  private let folder: Int32

  /// Nil if another process has it. Where the file system knows no locks, everybody gets one.
  package init?(_ path: String) {
    folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if folder >= 0, flock(folder, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK {
      close(folder)
      return nil
    }
  }

  deinit {
    if folder >= 0 { close(folder) }
  }
}
