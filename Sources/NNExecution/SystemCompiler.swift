import Glibc

/// Compiles C with the compiler of the system into a shared object, which is kept for the next time.
package struct SystemCompiler: Sendable {
  /// No contraction unless the text asks for it: results have to be those of every other way to run a program. Without errno a square root is one
  /// instruction.
  package static var standardFlags: [String] {
    ["-std=c99", "-O3", instructionSet, "-ffp-contract=off", "-fno-math-errno", "-fPIC", "-shared"]
  }

  /// This machine's, or the one that `NNCC_ISA` forces the kernels to.
  private static var instructionSet: String {
    #if arch(x86_64)
      switch getenv("NNCC_ISA").map({ String(cString: $0) }) {
      case "plain": return "-march=x86-64"
      case "avx2": return "-march=x86-64-v3"
      case "avx512": return "-march=x86-64-v4"
      default: return "-march=native"
      }
    #else
      return "-march=native"
    #endif
  }

  private let flags: [String]
  private let candidates: [[String]]
  private let cacheFolder: String?

  /// - Parameters:
  ///   - compiler: the command to use instead of `$CC` or the first compiler that works.
  ///   - cacheFolder: where compiled programs are kept, instead of the user's cache folder.
  package init(compiler: String? = nil, flags: [String] = Self.standardFlags, cacheFolder: String? = nil) {
    self.flags = flags
    self.cacheFolder = cacheFolder
    candidates = Self.candidates(compiler)
  }

  /// The commands to try, in this order.
  static func candidates(_ chosen: String? = nil) -> [[String]] {
    let words = (chosen ?? getenv("CC").map { String(cString: $0) })?.split(separator: " ").map(String.init) ?? []
    return words.isEmpty ? [["cc"], ["gcc"], ["clang"]] + besideSwift("clang").map { [$0] } : [words]
  }

  package func compile(_ source: String) throws(ExecutionError) -> LoadedProgram {
    try compile(source, process: Subprocess())
  }

  /// - Parameter process: runs the compiler; whoever holds it can end the work from another thread.
  func compile(_ source: String, process: Subprocess) throws(ExecutionError) -> LoadedProgram {
    let clock = Stopwatch()
    let cache = cacheFolder.map { CompilerCache.prepare($0) ? CompilerCache(folder: $0) : nil } ?? CompilerCache.standard()
    var tried: [String] = []
    var rejection: ExecutionError?
    for command in candidates {
      guard let path = Self.path(of: command[0]) else {
        tried.append("'\(command[0])' is not installed")
        continue
      }
      let attempt = Attempt(command: [path] + command.dropFirst(), flags: flags, process: process, clock: clock)
      do {
        return try attempt.program(from: source, cache: cache)
      } catch .noCompiler(let reasons) {
        tried += reasons
      } catch .rejected(let compiler, let messages) {
        // It may be the compiler that is broken; if no other one does better, the first complaint is the one to show.
        rejection = rejection ?? .rejected(compiler: compiler, messages: messages)
      }
    }
    throw rejection ?? .noCompiler(tried: tried)
  }

  /// A program that comes with every Swift toolchain.
  static func besideSwift(_ program: String) -> [String] {
    guard let swift = path(of: "swift"), let real = realpath(swift, nil) else { return [] }
    defer { free(real) }
    let folder = String(cString: real).split(separator: "/").dropLast()
    return ["/" + folder.joined(separator: "/") + "/" + program]
  }

  static func path(of program: String) -> String? {
    guard !program.contains("/") else { return access(program, X_OK) == 0 ? program : nil }
    let folders = getenv("PATH").map { String(cString: $0) } ?? "/usr/local/bin:/usr/bin:/bin"
    return folders.split(separator: ":").lazy.map { "\($0)/\(program)" }.first { access($0, X_OK) == 0 }
  }
}

/// One program compiled by one compiler.
private struct Attempt {
  let command: [String]
  let flags: [String]
  let process: Subprocess
  let clock: Stopwatch

  func program(from source: String, cache: CompilerCache?) throws(ExecutionError) -> LoadedProgram {
    guard let cache else { return try programInPassingFolder(from: source) }
    let key = self.key(of: source)
    if let code = cache.program(key) { return program(code, messages: "") }
    let (code, file, messages) = try build(source, in: cache.folder, key: key)
    cache.store(file, as: key)
    return program(code, messages: messages)
  }

  /// Without a cache folder: the file is gone as soon as it is loaded.
  private func programInPassingFolder(from source: String) throws(ExecutionError) -> LoadedProgram {
    let folder = try NativeBuild.makeFolder()
    defer { rmdir(folder) }
    let (code, file, messages) = try build(source, in: folder, key: "program")
    unlink(file)
    return program(code, messages: messages)
  }

  private func program(_ code: SharedLibrary, messages: String) -> LoadedProgram {
    let warnings = messages.split(separator: "\n").map(String.init)
    return LoadedProgram(compiler: command[0], compileMicroseconds: clock.microseconds, warnings: warnings, code: code)
  }

  /// Compiles into a file of its own name and loads it.
  private func build(
    _ source: String, in folder: String, key: String
  ) throws(ExecutionError) -> (code: SharedLibrary, file: String, messages: String) {
    let stem = "\(folder)/\(key).\(getpid()).\(UInt64.random(in: 0...UInt64.max))"
    try NativeBuild.write(source, to: stem + ".c")
    defer { unlink(stem + ".c") }
    let arguments = command.dropFirst() + flags + ["-o", stem + ".tmp", stem + ".c"]
    guard let (succeeded, output) = process.run(command[0], Array(arguments)) else {
      unlink(stem + ".tmp")
      throw .noCompiler(tried: ["'\(command[0])' could not be run"])
    }
    guard succeeded else {
      unlink(stem + ".tmp")
      throw .rejected(compiler: command[0], messages: [output])
    }
    do {
      return (try SharedLibrary(path: stem + ".tmp"), stem + ".tmp", output)
    } catch {
      unlink(stem + ".tmp")
      throw error
    }
  }

  /// Hashes all that decides about the code: the text, the compiler, its flags and the processor it compiles for.
  private func key(of source: String) -> String {
    let parts = [Self.identity(of: command[0])] + command + flags + [Processor.description, source]
    return ContentHash.text(of: parts.joined(separator: "\0").utf8)
  }

  /// The compiler's version, told by the file it is: asking it would cost more than the whole rest of a cached run.
  private static func identity(of path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    var info = stat()
    guard stat(real, &info) == 0 else { return path }
    return "\(String(cString: real)) \(info.st_size) \(info.st_mtim.tv_sec) \(info.st_mtim.tv_nsec)"
  }
}

/// The processor this runs on.
private enum Processor {
  /// Its model and instruction sets, as the kernel tells them for the first core.
  static let description: String = {
    guard let file = fopen("/proc/cpuinfo", "re") else { return "unknown" }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 8192)
    let count = fread(&bytes, 1, bytes.count, file)
    let telling = ["vendor_id", "cpu family", "model", "flags", "Features", "CPU"]
    let firstCore = String(decoding: bytes[..<count], as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
      .prefix { !$0.isEmpty }
    return firstCore.filter { line in telling.contains { line.hasPrefix($0) } && !line.hasPrefix("cpu MHz") }.joined(separator: "\n")
  }()
}
