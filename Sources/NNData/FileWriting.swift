import Glibc

/// A file that is being written. It appears under its name whole, or not at all.
package struct FileWriter: ~Copyable {
  private let path: String
  /// Where the bytes go until they are all there; nil when they go straight to a device or a pipe.
  private let temporary: String?
  private let file: Int32
  private var isFinished = false

  /// Writes a file with what `body` hands over. If that fails, nothing is left behind and an older file stays as it was.
  package static func write(_ path: String, _ body: (inout FileWriter) throws(DataError) -> Void) throws(DataError) {
    var writer = try start(path)
    try body(&writer)
    try writer.finish()
  }

  package static func write(_ text: String, to path: String) throws(DataError) {
    try write(Array(text.utf8), to: path)
  }

  package static func write(_ bytes: [UInt8], to path: String) throws(DataError) {
    try write(path) { (writer) throws(DataError) in try writer.append(bytes) }
  }

  /// Adds to a file at once, so that a reader finds all of it or nothing; makes the file where there is none.
  package static func append(_ bytes: [UInt8], to path: String) throws(DataError) {
    let file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
    defer { if file >= 0 { close(file) } }
    guard file >= 0, Glibc.write(file, bytes, bytes.count) == bytes.count else { throw DataError.cannot("write", path) }
  }

  /// Removes what is left of attempts to write a file that were killed halfway. Nobody may be writing it.
  package static func removeLeftovers(of path: String) {
    guard let slash = path.lastIndex(of: "/"), let names = try? Folder.names(in: String(path[..<slash])) else { return }
    let file = path[slash...].dropFirst()
    for name in names where name.hasPrefix("\(file).") && name.hasSuffix(".tmp") { unlink("\(path[...slash])\(name)") }
  }

  private init(path: String, temporary: String?, file: Int32) {
    self.path = path
    self.temporary = temporary
    self.file = file
  }

  private static func start(_ path: String) throws(DataError) -> FileWriter {
    guard !path.isEmpty, !path.utf8.contains(0) else { throw .file(path: path, message: "this is no path", help: nil) }
    var info = stat()
    let exists = stat(path, &info) == 0
    let kind = info.st_mode & S_IFMT
    if exists && kind == S_IFDIR { throw DataError.cannot("write", path, number: EISDIR) }
    if exists && kind != S_IFREG {
      let file = open(path, O_WRONLY | O_CLOEXEC)
      guard file >= 0 else { throw DataError.cannot("write", path) }
      return FileWriter(path: path, temporary: nil, file: file)
    }
    let target = exists ? resolved(path) : path
    let temporary = "\(target).\(getpid()).\(UInt32.random(in: 0...UInt32.max)).tmp"
    let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, exists ? info.st_mode & 0o777 : 0o666)
    guard file >= 0 else { throw DataError.cannot("write", path) }
    return FileWriter(path: target, temporary: temporary, file: file)
  }

  deinit {
    guard !isFinished else { return }
    close(file)
    if let temporary { unlink(temporary) }
  }

  package mutating func append(_ bytes: [UInt8]) throws(DataError) {
    try ByteBuffer(bytes).withUnsafeBytes { (buffer) throws(DataError) in try append(buffer) }
  }

  package mutating func append(_ bytes: UnsafeRawBufferPointer) throws(DataError) {
    var written = 0
    while written < bytes.count {
      let count = Glibc.write(file, bytes.baseAddress.map { $0 + written }, bytes.count - written)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw DataError.cannot("write", path) }
      written += count
    }
  }

  private mutating func finish() throws(DataError) {
    guard let temporary else { return }
    guard fsync(file) == 0, rename(temporary, path) == 0 else { throw DataError.cannot("write", path) }
    isFinished = true
    close(file)
    Self.flushFolder(of: path)
  }

  /// The file a symbolic link stands for, so that writing does not replace the link.
  private static func resolved(_ path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
  }

  /// Makes the new name last over a power cut. Not every file system can, so that a failure means nothing.
  private static func flushFolder(of path: String) {
    let slash = path.lastIndex(of: "/")
    let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    let file = open(folder, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return }
    fsync(file)
    close(file)
  }
}
