import NNExecution

/// Something that `nncc` writes of a model.
enum Artifact: String, CaseIterable, Sendable {
  case c, header, summary, graph, schedule, dot, svg, json, onnx
  /// For programs in C and in other languages: more than one file, or one that is no text.
  case object, shared, example, python, cpp, swift, package, wasm

  /// The ending of what is one text.
  var suffix: String { self == .header ? "h" : rawValue }

  /// Whether it is one text, which can be printed.
  var isText: Bool {
    switch self {
    case .c, .header, .summary, .graph, .schedule, .dot, .svg, .json: true
    case .onnx, .object, .shared, .example, .python, .cpp, .swift, .package, .wasm: false
    }
  }

  /// What else is written along, since it is nothing without.
  var companions: [Artifact] {
    switch self {
    case .object: [.header]
    case .shared: [.header]
    case .example, .cpp, .swift: [.c, .header]
    case .python: [.shared]
    default: []
    }
  }
}

extension Failure {
  /// Why C was not compiled: that may be the compiler's fault, or that of the flags it was given.
  init(_ error: ExecutionError, building product: NativeBuild.Product) {
    let help =
      switch product {
      case .webAssembly: "clang and wasm-ld make WebAssembly; Swift's toolchain brings both"
      case .measured(.host, _): "CC names a compiler"
      case .measured:
        "clang makes code for other machines, and Swift's toolchain brings it; --target host measures what is made for this one"
      case .object, .sharedLibrary: "CC names a compiler, CFLAGS its options"
      }
    switch error {
    case .noCompiler(let tried): self.init(.file, "no compiler works here: \(tried.joined(separator: "; "))", help: help)
    case .rejected(let compiler, let messages):
      let output = messages.joined(separator: "\n").prefix(2000)
      self.init(.file, "'\(compiler)' made nothing of the C:\n\(output)", help: help)
    default: self.init(.file, error.description, help: help)
    }
  }
}

/// A file that is written whole.
struct OutputFile: Sendable {
  enum Content: Sendable {
    case text(String)
    case bytes([UInt8])
  }

  var name: String
  var content: Content
  /// Whether people go on from it, so that what they made of it is not to be replaced.
  var isStart = false

  init(_ name: String, _ text: String, isStart: Bool = false) { (self.name, content, self.isStart) = (name, .text(text), isStart) }

  init(_ name: String, _ bytes: [UInt8]) { (self.name, content) = (name, .bytes(bytes)) }
}
