import Glibc

/// Makes of C what other programs link or load.
package struct NativeBuild {
  package enum Product: Sendable {
    case object
    case sharedLibrary
    /// A module without imports that exports these functions and its memory.
    case webAssembly(exports: [String])
    /// An object file of as little code as can be, to look at its sizes.
    ///
    /// - Parameter keepsFunctions: whether each function stays one of its own, unless it is made to be copied to where it is called.
    case measured(MachineTarget, keepsFunctions: Bool)
  }

  private let product: Product
  private let process = Subprocess()

  package init(_ product: Product) { self.product = product }

  /// The product's bytes. Its text names no folder, so they do not depend on where they were made.
  package func run(_ source: String) throws(ExecutionError) -> [UInt8] { try made(of: source).bytes }

  /// The sizes of what the compiler makes of a program.
  package func measure(_ source: String) throws(ExecutionError) -> CompiledSizes {
    let (compiler, bytes, stack) = try made(of: source)
    return CompiledSizes(
      compiler: compiler, object: try ObjectSizes(bytes), stack: CompiledSizes.stack(String(decoding: stack, as: UTF8.self)))
  }

  private func made(of source: String) throws(ExecutionError) -> (compiler: String, bytes: [UInt8], stack: [UInt8]) {
    let folder = try Self.makeFolder()
    defer { for name in ["program.c", "product", "product.su", ""] { remove("\(folder)/\(name)") } }
    try Self.write(source, to: folder + "/program.c")
    let files = ["-o", folder + "/product", folder + "/program.c"]
    var (tried, rejection) = ([String](), ExecutionError?.none)
    for (command, flags) in candidates.flatMap({ command in flagSets.map { (command, $0 + files) } }) {
      guard let compiler = SystemCompiler.path(of: command[0]) else {
        tried.append("'\(command[0])' is not installed")
        continue
      }
      guard let (succeeded, output) = process.run(compiler, command.dropFirst() + flags) else {
        tried.append("'\(command[0])' could not be run")
        continue
      }
      if succeeded, let bytes = Self.read(folder + "/product") { return (command[0], bytes, Self.read(folder + "/product.su") ?? []) }
      rejection = rejection ?? .rejected(compiler: command[0], messages: [output])
    }
    throw rejection ?? .noCompiler(tried: tried)
  }

  // MARK: Commands

  private var candidates: [[String]] {
    switch product {
    case .object, .sharedLibrary, .measured(.host, _): SystemCompiler.candidates()
    // Only clang makes code for other machines, and WebAssembly only with its linker; others would be tried in vain.
    case .webAssembly, .measured: (SystemCompiler.besideSwift("clang") + ["clang"]).map { [$0] }
    }
  }

  /// What compilers are told, for those that do not understand the first also otherwise.
  private var flagSets: [[String]] {
    switch product {
    case .object: [["-std=c99"] + optimisation + ["-fPIC", "-c"]]
    case .sharedLibrary: [["-std=c99"] + optimisation + ["-fPIC", "-shared"]]
    case .webAssembly(let exports):
      [
        ["--target=wasm32", "-std=c99", "-O3", "-msimd128", "-mbulk-memory", "-ffreestanding", "-nostdlib", "-Wl,--no-entry"]
          + exports.map { "-Wl,--export=\($0)" } + ["-Wl,--export=__heap_base"]
      ]
    case .measured(let target, let keepsFunctions):
      (keepsFunctions ? Self.keeping : [[]]).map { target.flags + ["-std=c99", "-Os"] + Self.freestanding + ["-fstack-usage", "-c"] + $0 }
    }
  }

  /// Nothing of the system's, and no tables that only debuggers and exceptions need.
  private static let freestanding = [
    "-ffreestanding", "-fno-asynchronous-unwind-tables", "-fno-unwind-tables", "-fno-stack-protector", "-fno-pic",
  ]
  /// In clang's words and in gcc's.
  private static let keeping = [
    ["-finline-hint-functions"], ["-fno-inline-functions-called-once", "-fno-inline-small-functions", "-fno-inline-functions"],
  ]

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
