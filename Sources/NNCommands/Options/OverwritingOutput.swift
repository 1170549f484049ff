import Glibc

/// Keeps what a command reads from being replaced by what it writes.
enum OverwritingOutput {
  /// - Parameter inputs: paths, of which some may not be given, or not be there.
  static func check(_ output: String?, inputs: [String?]) throws(UsageError) {
    guard let output, let file = FileNumber(output), let input = inputs.compactMap(\.self).first(where: { FileNumber($0) == file }) else {
      return
    }
    throw UsageError("'\(input)' is read, and would be written over", help: "another name after -o keeps it")
  }

  /// What tells files from each other, whatever they are called.
  private struct FileNumber: Equatable {
    private let device: dev_t
    private let number: ino_t

    /// Nil where there is no regular file: a device may well be both.
    init?(_ path: String) {
      var status = stat()
      guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
      (device, number) = (status.st_dev, status.st_ino)
    }
  }
}
