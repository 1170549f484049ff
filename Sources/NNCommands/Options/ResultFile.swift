import NNData

/// The file that a command is asked to write its result to.
enum ResultFile {
  /// Refuses to write over what the result was made from; to be asked when all is read.
  static func check(_ path: String) throws(Failure) {
    guard !FilesRead.contains(path) else {
      throw Failure(.usage, "'\(path)' was read, and would be written over", help: "another name after -o keeps it")
    }
  }
}
