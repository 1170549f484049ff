import Glibc

/// The folder that relative paths start from.
enum WorkingFolder {
  /// A path that means the same from anywhere.
  static func absolute(_ path: String) -> String {
    guard !path.hasPrefix("/"), let folder = getcwd(nil, 0) else { return path }
    defer { free(folder) }
    return String(cString: folder) + "/" + path
  }
}
