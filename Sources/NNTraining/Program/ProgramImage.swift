import NNAssembly
import NNEmission
import NNExecution
import NNSchedule
import NNSource
import Synchronization

/// The two flavours of a program, each written when it is first asked for, maybe by another thread.
final class ProgramImage: Sendable {
  private let compiled: CompiledModel
  private let sources: SourceMap
  private let loops: VectorMachine?
  private let isProfiled: Bool
  private let written = Mutex<(tiny: JitProgram?, optimised: JitProgram?)>((nil, nil))

  init(_ compiled: CompiledModel, sources: SourceMap, loops: VectorMachine?, isProfiled: Bool) {
    self.compiled = compiled
    self.sources = sources
    self.loops = loops
    self.isProfiled = isProfiled
  }

  var text: ProgramText {
    ProgramText(tiny: { self.tiny.source }, optimised: { self.optimised.source })
  }

  /// What the compiler of this choice is given first.
  func first(for choice: CompilerChoice) -> JitProgram {
    choice == .cc || !TinyCompiler.isSupported ? optimised : tiny
  }

  /// Calls on precompiled kernels.
  private var tiny: JitProgram {
    if let program = written.withLock({ $0.tiny }) { return program }
    let program = Emitter.jit(compiled, sources: sources, loops: loops, isProfiled: isProfiled)
    written.withLock { $0.tiny = program }
    return program
  }

  /// Self-contained, for an optimising compiler.
  var optimised: JitProgram {
    if let program = written.withLock({ $0.optimised }) { return program }
    let program = Emitter.native(compiled, sources: sources, isProfiled: isProfiled)
    written.withLock { $0.optimised = program }
    return program
  }
}
