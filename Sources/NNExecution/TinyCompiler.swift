import CTinyCC
import Glibc
package import NNAssembly
import Synchronization

/// Compiles C in this process with libtcc, in well under a millisecond for a small program.
///
/// libtcc only turns text into an object here; the object is linked by `ObjectLinker`. The text can include nothing and
/// use nothing but the given symbols.
package struct TinyCompiler: Sendable {
  /// libtcc's other back ends are not trusted with numbers, so it serves x86-64 only.
  package static var isSupported: Bool {
    #if arch(x86_64)
      true
    #else
      false
    #endif
  }

  private let externals: [String: UInt]
  private let machine: VectorMachine?

  /// - Parameter machine: what the vector loops that a program calls are assembled for.
  package init(symbols: [ProgramSymbol], machine: VectorMachine? = nil) {
    externals = Dictionary(symbols.map { ($0.name, $0.address) }) { first, _ in first }
    self.machine = machine
  }

  package init(_ kernels: KernelSymbols) { self.init(symbols: kernels.symbols, machine: kernels.machine) }

  package func compile(_ source: String) throws(ExecutionError) -> LoadedProgram {
    guard Self.isSupported else { throw .unsupportedProcessor("libtcc is used on x86-64 only") }
    let clock = Stopwatch()
    let (object, warnings) = try Self.object(for: source)
    var unfit: String?
    var linker = ObjectLinker(object: try ObjectFile(bytes: object), externals: externals) { name in
      guard let machine, let loop = VectorLoop(name: name) else { return nil }
      let code = machine.assemble(loop)
      if code == nil { unfit = name }
      return code
    }
    if let unfit { throw .rejected(compiler: "the loader", messages: ["too few registers for the loop '\(unfit.prefix(80))...'"]) }
    let code = try linker.link()
    return LoadedProgram(compiler: "libtcc", compileMicroseconds: clock.microseconds, warnings: warnings, code: code)
  }

  /// libtcc keeps process-wide state while it works.
  private static let oneAtATime = Mutex(())

  private static func object(for source: String) throws(ExecutionError) -> (bytes: [UInt8], warnings: [String]) {
    let outcome = oneAtATime.withLock { _ in
      Result { () throws(ExecutionError) in try TinyCompilation().object(for: source) }
    }
    return try outcome.get()
  }
}

/// One run of libtcc.
private struct TinyCompilation: ~Copyable {
  private let state: OpaquePointer
  private let messages: UnsafeMutablePointer<[String]>

  init() throws(ExecutionError) {
    guard let state = tcc_new() else { throw .system("cannot start libtcc: out of memory") }
    self.state = state
    messages = .allocate(capacity: 1)
    messages.initialize(to: [])
    tcc_set_error_func(state, messages) { context, text in
      guard let context, let text else { return }
      context.assumingMemoryBound(to: [String].self).pointee.append(String(cString: text))
    }
    tcc_set_options(state, "-nostdlib -nostdinc -Wall")
  }

  deinit {
    tcc_delete(state)
    messages.deinitialize(count: 1)
    messages.deallocate()
  }

  func object(for source: String) throws(ExecutionError) -> (bytes: [UInt8], warnings: [String]) {
    guard nn_tcc_emit_object(state) == 0, tcc_compile_string(state, source) == 0 else { throw rejection }
    // A function without a prototype would be called with the wrong types, so this is no mere warning.
    guard !messages.pointee.contains(where: { $0.contains("implicit declaration") }) else { throw rejection }
    let bytes = try writtenObject()
    return (bytes, messages.pointee)
  }

  private var rejection: ExecutionError {
    // Its stack of values has 512 places, and nothing says so but its message.
    messages.pointee.contains { $0.contains("(vstack)") }
      ? .tooManyValues(compiler: "libtcc") : .rejected(compiler: "libtcc", messages: messages.pointee)
  }

  /// libtcc writes objects to files only: to one in memory, here.
  private func writtenObject() throws(ExecutionError) -> [UInt8] {
    let file = memfd_create("nncc-object", UInt32(NN_MEMFD_CLOSE_ON_EXEC))
    guard file >= 0 else { throw .system("cannot create a file in memory: " + systemErrorText(errno)) }
    defer { close(file) }
    guard tcc_output_file(state, "/proc/self/fd/\(file)") == 0 else { throw rejection }
    let length = Int(lseek(file, 0, SEEK_END))
    guard length > 0 else { throw rejection }
    var largest = rlimit()
    if getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &largest) == 0, length >= largest.rlim_cur {
      throw .system("files may have \(largest.rlim_cur) bytes here, too few for a program")
    }
    let bytes = [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
      count = max(pread(file, buffer.baseAddress, length, 0), 0)
    }
    guard bytes.count == length else { throw .system("cannot read an object back: " + systemErrorText(errno)) }
    return bytes
  }
}
