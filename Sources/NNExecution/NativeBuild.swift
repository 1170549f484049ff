import Glibc

/// Makes of C what other programs link or load.
package struct NativeBuild {
  package enum Product: Sendable {
    case object
    case sharedLibrary
    /// A module without imports that exports these functions and its memory.
    case webAssembly(exports: [String])
  }

  private let product: Product
  private let process = Subprocess()

  package init(_ product: Product) { self.product = product }

  /// The product's bytes. Its text names no folder, so they do not depend on where they were made.
  package func run(_ source: String) throws(ExecutionError) -> [UInt8] {
    let folder = try Self.makeFolder()
    defer { for name in ["program.c", "product", ""] { remove("\(folder)/\(name)") } }
    try Self.write(source, to: folder + "/program.c")
    let flags = self.flags + ["-o", folder + "/product", folder + "/program.c"]
    var (tried, rejection) = ([String](), ExecutionError?.none)
    for command in candidates {
      guard let compiler = SystemCompiler.path(of: command[0]) else {
        tried.append("'\(command[0])' is not installed")
        continue
      }
      guard let (succeeded, output) = process.run(compiler, command.dropFirst() + flags) else {
        tried.append("'\(command[0])' could not be run")
        continue
      }
      if succeeded, let bytes = Self.read(folder + "/product") { return bytes }
      rejection = rejection ?? .rejected(compiler: command[0], messages: [output])
    }
    throw rejection ?? .noCompiler(tried: tried)
  }

  // MARK: Commands

  private var candidates: [[String]] {
    guard case .webAssembly = product else { return SystemCompiler.candidates() }
    // Only clang makes WebAssembly, and only with its linker; others would be tried in vain.
    return (SystemCompiler.besideSwift("clang") + ["clang"]).map { [$0] }
  }

  private var flags: [String] {
    switch product {
    case .object: ["-std=c99"] + optimisation + ["-fPIC", "-c"]
    case .sharedLibrary: ["-std=c99"] + optimisation + ["-fPIC", "-shared"]
    case .webAssembly(let exports):
      ["--target=wasm32", "-std=c99", "-O3", "-msimd128", "-mbulk-memory", "-ffreestanding", "-nostdlib", "-Wl,--no-entry"]
        + exports.map { "-Wl,--export=\($0)" } + ["-Wl,--export=__heap_base"]
    }
  }

  /// What `CFLAGS` asks for, else all that this machine has. No contraction unless the text asks for it: results do not depend on compilers.
  private var optimisation: [String] {
    let chosen = getenv("CFLAGS").map { String(cString: $0).split(separator: " ").map(String.init) } ?? []
    return chosen.isEmpty ? ["-O3", "-march=native"] : chosen
  }

  // MARK: Files

  static func makeFolder() throws(ExecutionError) -> String {
    var template = Array((CompilerCache.temporaryFolder + "/nncc-XXXXXX").utf8CString)
    guard mkdtemp(&template) != nil else { throw .system("cannot create a temporary folder: " + systemErrorText(errno)) }
    return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  static func write(_ source: String, to path: String) throws(ExecutionError) {
    guard let file = fopen(path, "wxe") else { throw .system("cannot write '\(path)': " + systemErrorText(errno)) }
    let bytes = Array(source.utf8)
    let written = fwrite(bytes, 1, bytes.count, file)
    guard fclose(file) == 0, written == bytes.count else {
      let reason = systemErrorText(errno)
      unlink(path)
      throw .system("cannot write '\(path)': " + reason)
    }
  }

  private static func read(_ path: String) -> [UInt8]? {
    guard let file = fopen(path, "re") else { return nil }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = fread(&chunk, 1, chunk.count, file), count > 0 { bytes += chunk[..<count] }
    return ferror(file) == 0 ? bytes : nil
  }
}
