import Glibc
import NNAssembly
import NNElaboration
import NNEmission
import NNExecution
import NNGraph
import NNOperations
import NNSchedule
import NNSource

/// The ways in which a model becomes code.
enum Toolchain: CaseIterable {
  case tcc, cc
}

/// A scheduled model and what it was printed as.
struct PrintedProgram {
  var compiled: CompiledModel
  var sources = SourceMap()

  /// - Parameter entries: those that the model can have; without it, all but `init`.
  init(
    _ model: Model, optimizer: any OptimizerRule, entries: [EntryKind]? = nil, batch: Int, precision: Precision,
    fusion: Fusion = .everything, sources: SourceMap = SourceMap()
  ) {
    let builder = EntryBuilder(model, optimizer: optimizer, batch: batch)
    let kinds = (entries ?? EntryKind.withParameters.filter { $0 != .initialize }).filter { builder.obstacle($0) == nil }
    let compiledEntries = kinds.map { Scheduler.entry(builder.program($0), of: model, batch: batch, precision: precision, fusion: fusion) }
    let layout = Layout(model, slots: optimizer.slots, batch: batch)
    compiled = CompiledModel(model: model, layout: layout, batch: batch, precision: precision, entries: compiledEntries)
    self.sources = sources
  }

  func printed(loops: VectorMachine?) -> JitProgram { Emitter.jit(compiled, sources: sources, loops: loops) }

  func printedForSystem() -> JitProgram { Emitter.native(compiled, sources: sources) }
}

/// Code that can be called, of one program or several in one.
struct LoadedCode {
  var program: JitProgram
  var code: LoadedProgram

  static func tcc(_ printed: PrintedProgram) throws -> LoadedCode {
    let kernels = try KernelSymbols()
    let program = printed.printed(loops: kernels.machine)
    return LoadedCode(program: program, code: try TinyCompiler(kernels).compile(program.source))
  }

  /// All programs through one run of the system's compiler; their models need names of their own.
  static func cc(_ printed: [PrintedProgram], compiler: String? = nil, optimisation: String = "-O0") throws -> [LoadedCode] {
    let programs = printed.map { $0.printedForSystem() }
    let flags = SystemCompiler.standardFlags.map { $0 == "-O3" ? optimisation : $0 } + ["-Wall", "-Wextra"]
    let folder = try TemporaryFolder()
    let system = SystemCompiler(compiler: compiler, flags: flags, cacheFolder: folder.path)
    let code = try system.compile(programs.map(\.source).joined(separator: "\n"))
    return programs.map { LoadedCode(program: $0, code: code) }
  }

  /// Memory before and after a call.
  func call(
    _ kind: EntryKind, of compiled: CompiledModel, _ numbers: CallNumbers, room: Int? = nil, shift: Int = 0, clearsResults: Bool = false
  ) throws -> (before: EntryCall.Outcome, after: EntryCall.Outcome) {
    guard let entry = compiled.entries.first(where: { $0.kind == kind }), let printed = program.entry(kind) else {
      throw ExecutionError.missingEntry(kind.rawValue)
    }
    let call = EntryCall(entry, of: compiled, workspaceBytes: printed.workspaceBytes, numbers: numbers, room: room, shift: shift)
    if clearsResults { call.clearResults() }
    let before = call.state
    return (before, call.run(try code.entry(printed.symbol)))
  }
}

extension Optimizers {
  static func momentum() throws -> any OptimizerRule { try Sgd(["rate": 0.1, "momentum": 0.9, "nesterov": 0, "decay": 0.01]) }

  static func nesterov() throws -> any OptimizerRule { try Sgd(["rate": 0.1, "momentum": 0.9, "nesterov": 1, "decay": 0]) }

  static func adam() throws -> any OptimizerRule {
    try Adam(["rate": 0.001, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "decay": 0])
  }
}
