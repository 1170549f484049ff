import Glibc
import Synchronization

/// How a program becomes code.
package enum CompilerChoice: String, CaseIterable, Sendable {
  /// In this process, at once.
  case tcc
  /// By the system's compiler: slower to start, faster to run.
  case cc
  /// In this process at once, while the system's compiler works in the background.
  case auto
}

/// The two flavours of a program's text. Each is made only if it is needed, and maybe in another thread.
package struct ProgramText: Sendable {
  /// Calls on precompiled kernels, for libtcc.
  package let tiny: @Sendable () throws -> String
  /// Self-contained C for an optimising compiler.
  package let optimised: @Sendable () throws -> String

  package init(tiny: @escaping @Sendable () throws -> String, optimised: @escaping @Sendable () throws -> String) {
    self.tiny = tiny
    self.optimised = optimised
  }
}

/// Turns text into callable code, the way the user chose.
package struct ProgramCompiler: Sendable {
  private let choice: CompilerChoice
  private let tinyCompiler: TinyCompiler
  private let systemCompiler: @Sendable () -> SystemCompiler

  /// - Parameter tinyCompiler: libtcc with what its code may call.
  package init(
    _ choice: CompilerChoice, tinyCompiler: TinyCompiler,
    systemCompiler: @escaping @Sendable () -> SystemCompiler = { SystemCompiler() }
  ) {
    self.choice = choice
    self.tinyCompiler = tinyCompiler
    self.systemCompiler = systemCompiler
  }

  package func compile(_ text: ProgramText) throws -> CompiledProgram {
    switch choice {
    case .tcc:
      return CompiledProgram(program: try tinyCompiler.compile(text.tiny()), replacement: nil)
    case .auto where TinyCompiler.isSupported:
      let replacement = PendingProgram(compiler: systemCompiler(), text: text.optimised)
      return CompiledProgram(program: try tinyCompiler.compile(text.tiny()), replacement: replacement)
    case .cc, .auto:
      return CompiledProgram(program: try systemCompiler().compile(text.optimised()), replacement: nil)
    }
  }
}

/// A program that can be called now, and that may offer a faster one later.
package struct CompiledProgram: Sendable {
  package enum Replacement: Sendable {
    /// Nothing new since the last time.
    case none
    /// Computes the same, bit for bit.
    case ready(LoadedProgram)
    case failed(any Error)
  }

  package let program: LoadedProgram
  private let replacement: PendingProgram?

  fileprivate init(program: LoadedProgram, replacement: PendingProgram?) {
    self.program = program
    self.replacement = replacement
  }

  /// Asks, without waiting, whether there is a faster program. It is offered once; likewise the reason why there will be none.
  package func poll() -> Replacement {
    switch replacement?.take() {
    case nil: .none
    case .success(let program): .ready(program)
    case .failure(let error): .failed(error)
    }
  }
}

/// A program that another thread compiles. The work ends when nobody can ask for it any more.
private final class PendingProgram: Sendable {
  private final class Work: Sendable {
    let compiler: SystemCompiler
    let process = Subprocess()
    let text: @Sendable () throws -> String
    let outcome = Mutex<Result<LoadedProgram, any Error>?>(nil)

    init(compiler: SystemCompiler, text: @escaping @Sendable () throws -> String) {
      self.compiler = compiler
      self.text = text
    }

    func run() {
      let result = Result { try compiler.compile(text(), process: process) }
      outcome.withLock { $0 = result }
    }
  }

  private let work: Work

  init(compiler: SystemCompiler, text: @escaping @Sendable () throws -> String) {
    work = Work(compiler: compiler, text: text)
    let context = Unmanaged.passRetained(work)
    var thread = pthread_t()
    let error = pthread_create(&thread, nil, Self.main, context.toOpaque())
    if error == 0 {
      pthread_detach(thread)
    } else {
      context.release()
      work.outcome.withLock { $0 = .failure(ExecutionError.system("cannot start a thread: " + systemErrorText(error))) }
    }
  }

  deinit {
    work.process.cancel()
  }

  func take() -> Result<LoadedProgram, any Error>? {
    work.outcome.withLock { outcome in
      defer { outcome = nil }
      return outcome
    }
  }

  private static let main: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { context in
    guard let context else { return nil }
    Unmanaged<Work>.fromOpaque(context).takeRetainedValue().run()
    return nil
  }
}
