import Glibc

/// A shared object in memory. Its names are seen by nobody but its owner.
final class SharedLibrary: MachineCode {
  private let handle: UInt

  init(path: String) throws(ExecutionError) {
    guard let handle = dlopen(path, RTLD_NOW | RTLD_LOCAL) else {
      throw .system("cannot load compiled code: " + (dlerror().map { String(cString: $0) } ?? path))
    }
    self.handle = UInt(bitPattern: handle)
  }

  deinit {
    if let handle = UnsafeMutableRawPointer(bitPattern: handle) { dlclose(handle) }
  }

  func address(of name: String) -> UnsafeRawPointer? {
    dlsym(UnsafeMutableRawPointer(bitPattern: handle), name).map { UnsafeRawPointer($0) }
  }
}
