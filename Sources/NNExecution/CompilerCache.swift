import Glibc

/// A folder of compiled programs, each named by the hash of all that went into it.
///
/// A file ends with a hash of its own content, since the system's loader crashes on a file that was cut off.
struct CompilerCache {
  /// What all files together may take; the longest unused ones go first.
  static let byteLimit = 256 << 20

  let folder: String

  /// The first of the usual places that can be used, or nil.
  ///
  /// A folder that others may write to is never used: what is found in it gets executed.
  static func standard() -> CompilerCache? {
    candidates.lazy.filter(prepare).first.map { CompilerCache(folder: $0) }
  }

  private static var candidates: [String] {
    let own = environmentPath("XDG_CACHE_HOME").map { [$0 + "/nncc"] } ?? environmentPath("HOME").map { [$0 + "/.cache/nncc"] } ?? []
    return own + [temporaryFolder + "/nncc-\(geteuid())"]
  }

  static var temporaryFolder: String { environmentPath("TMPDIR") ?? "/tmp" }

  private static func environmentPath(_ name: String) -> String? {
    guard let value = getenv(name), value[0] == UInt8(ascii: "/") else { return nil }
    return String(cString: value)
  }

  static func prepare(_ folder: String) -> Bool {
    for (index, character) in folder.enumerated() where character == "/" && index > 0 { mkdir(String(folder.prefix(index)), 0o700) }
    mkdir(folder, 0o700)
    var info = stat()
    return lstat(folder, &info) == 0 && info.st_mode & S_IFMT == S_IFDIR && info.st_uid == geteuid() && info.st_mode & 0o022 == 0
      && access(folder, W_OK | X_OK) == 0
  }

  func path(of key: String) -> String { "\(folder)/\(key).so" }

  /// The program stored under a key, or nil if there is none, or only a damaged one.
  func program(_ key: String) -> SharedLibrary? {
    let path = path(of: key)
    guard let bytes = Self.bytes(of: path), bytes.count > Self.sealLength,
      Array(bytes.suffix(Self.sealLength)) == ContentHash.of(bytes.dropLast(Self.sealLength))
    else { return nil }
    utimensat(AT_FDCWD, path, nil, 0)
    return try? SharedLibrary(path: path)
  }

  /// Completes a new file and gives it its name, so that it is seen whole or not at all.
  ///
  /// Not being able to is no error: the program is loaded already, and is compiled anew the next time.
  func store(_ temporary: String, as key: String) {
    guard let bytes = Self.bytes(of: temporary), Self.append(ContentHash.of(bytes), to: temporary),
      rename(temporary, path(of: key)) == 0
    else {
      unlink(temporary)
      return
    }
    removeOldFiles(limit: Self.byteLimit)
  }

  /// Removes the longest unused files until the others fit, and what a killed process left behind.
  func removeOldFiles(limit: Int) {
    var total = 0
    for file in files().sorted(by: { $0.used > $1.used }) {
      total += file.size
      let isAbandoned = !file.name.hasSuffix(".so") && file.used < time(nil) - 3600
      if total > limit || isAbandoned { unlink("\(folder)/\(file.name)") }
    }
  }

  private func files() -> [(name: String, size: Int, used: Int)] {
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var result: [(name: String, size: Int, used: Int)] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      var info = stat()
      guard lstat("\(folder)/\(name)", &info) == 0, info.st_mode & S_IFMT == S_IFREG else { continue }
      result.append((name, Int(info.st_size), info.st_mtim.tv_sec))
    }
    return result
  }

  private static let sealLength = 32

  private static func bytes(of path: String) -> [UInt8]? {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var info = stat()
    guard fstat(file, &info) == 0, info.st_size > 0 else { return nil }
    let length = Int(info.st_size)
    let bytes = [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
      count = max(read(file, buffer.baseAddress, length), 0)
    }
    return bytes.count == length ? bytes : nil
  }

  private static func append(_ bytes: [UInt8], to path: String) -> Bool {
    let file = open(path, O_WRONLY | O_APPEND | O_CLOEXEC)
    guard file >= 0 else { return false }
    defer { close(file) }
    return write(file, bytes, bytes.count) == bytes.count
  }
}
