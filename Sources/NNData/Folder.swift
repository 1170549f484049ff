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
        guard number == EEXIST, isFolder(made) else { throw cannotMake(made, number) }
      }
      made += "/"
    }
  }

  private static func isFolder(_ path: String) -> Bool {
    var info = stat()
    return stat(path, &info) == 0 && info.st_mode & S_IFMT == S_IFDIR
  }

  private static func cannotMake(_ path: String, _ number: Int32) -> DataError {
    let reason = number == EEXIST ? "a file is in the way" : String(cString: strerror(number))
    return .file(path: path, message: "cannot make the folder: \(reason)", help: nil)
  }
}
