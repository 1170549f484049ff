import Glibc

/// Memory for machine code: first writable and not executable, then executable and not writable, never both.
///
/// The data that the code refers to follows on pages of its own, which stay writable and never become executable.
final class ExecutablePages: Sendable {
  private let base: UInt
  private let codeLength: Int
  private let length: Int

  /// Reserves zeroed pages for `codeLength` bytes of code and, from the next page on, `dataLength` bytes of data.
  init(codeLength: Int, dataLength: Int) throws(ExecutionError) {
    self.codeLength = Self.roundedToPages(max(codeLength, 1))
    length = self.codeLength + Self.roundedToPages(dataLength)
    let pages = mmap(nil, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let pages, pages != MAP_FAILED else {
      throw .system("cannot allocate \(length) bytes for code: " + systemErrorText(errno))
    }
    base = UInt(bitPattern: pages)
  }

  deinit {
    munmap(UnsafeMutableRawPointer(bitPattern: base), length)
  }

  var address: UInt { base }
  var dataAddress: UInt { base + UInt(codeLength) }

  /// All bytes, to be filled in before `seal`.
  func withBytes<Result>(_ body: (UnsafeMutableRawBufferPointer) -> Result) -> Result {
    body(UnsafeMutableRawBufferPointer(start: UnsafeMutableRawPointer(bitPattern: base), count: length))
  }

  /// Makes the code executable and no longer writable.
  func seal() throws(ExecutionError) {
    guard mprotect(UnsafeMutableRawPointer(bitPattern: base), codeLength, PROT_READ | PROT_EXEC) == 0 else {
      throw .system("cannot make code executable: " + systemErrorText(errno))
    }
  }

  static func roundedToPages(_ size: Int) -> Int {
    let page = sysconf(Int32(_SC_PAGESIZE))
    return (size + page - 1) / page * page
  }
}

/// The system's words for an error number.
func systemErrorText(_ number: Int32) -> String {
  guard let text = strerror(number) else { return "error \(number)" }
  return String(cString: text)
}
