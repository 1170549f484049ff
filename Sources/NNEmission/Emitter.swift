package import NNAssembly
package import NNSchedule
package import NNSource

/// A model as self-contained C: what `nncc` writes.
package struct ExportedProgram: Sendable {
  /// The file's name without its ending, the prefix of all it defines.
  package var name: String
  package var source: String
  package var header: String
  /// The tables, where they stand in a file of their own.
  package var constants: ConstantsFile?
  package var interface: ProgramInterface
  /// Bytes of the workspace that are in use while a kernel runs, by the name of its function.
  package var kernelWorkspaces: [String: Int]
}

/// A model as C whose entries are called through `void NAME_ENTRY_call(void **arguments)`.
package struct JitProgram: Sendable {
  package struct Entry: Sendable {
    package var kind: EntryKind
    /// The function to call.
    package var symbol: String
    package var signature: EntrySignature
    /// Bytes of workspace that a call needs, at any alignment.
    package var workspaceBytes: Int
    /// Bytes more for each lane that work is shared with.
    package var laneBytes: Int
  }

  package var source: String
  package var entries: [Entry]
  /// Whether there is work that is worth sharing.
  package var sharesWork: Bool

  package func entry(_ kind: EntryKind) -> Entry? { entries.first { $0.kind == kind } }
}

/// From schedules to C text.
package enum Emitter {
  /// Self-contained C99 with the entries of the C interface.
  ///
  /// - Parameters:
  ///   - hash: of the model's text, so that a host can tell programs apart.
  ///   - isParallel: whether entries take a way to do several things at the same time.
  ///   - constants: the kind of file that takes the program's tables; nil leaves them in the program.
  ///   - integers: what inference with constant weights computes instead.
  package static func export(
    _ compiled: CompiledModel, sources: SourceMap, hash: UInt64, isParallel: Bool = false, constants: ConstantsFile.Kind? = nil,
    integers: IntegerProgram? = nil
  ) -> ExportedProgram {
    let exported = compiled.entries.filter { !$0.kind.isTrainers }
    let printer = ProgramPrinter(
      compiled, exported, sources: sources, flavour: .loops, isParallel: isParallel, constantsKind: constants, integers: integers)
    return ExportedProgram(
      name: printer.program.names.prefix, source: printer.exportedSource(hash: hash, withThunks: false), header: printer.header(hash: hash),
      constants: printer.constantsFile, interface: printer.interface(hash: hash), kernelWorkspaces: printer.kernelWorkspaces)
  }

  /// For libtcc: the same schedules as calls on the precompiled kernels.
  ///
  /// - Parameters:
  ///   - loops: the machine that the program's vector loops will be assembled for; nil prints none.
  ///   - isProfiled: whether the program tells when each step is done: its way to share work then goes on with `void (*mark)(void *marks, int
  ///     step)` and `void *marks`, and is not null.
  package static func jit(
    _ compiled: CompiledModel, sources: SourceMap, loops: VectorMachine?, isProfiled: Bool = false
  ) -> JitProgram {
    let printer = ProgramPrinter(
      compiled, compiled.entries, sources: sources, flavour: .tiles(loops), isParallel: true, isProfiled: isProfiled)
    return JitProgram(source: printer.tileSource(), entries: entries(printer), sharesWork: printer.hasTasks)
  }

  /// For an optimising compiler: the exported C with all entries, and the functions that a host calls them through.
  package static func native(
    _ compiled: CompiledModel, sources: SourceMap, isProfiled: Bool = false, integers: IntegerProgram? = nil
  ) -> JitProgram {
    let printer = ProgramPrinter(
      compiled, compiled.entries, sources: sources, flavour: .loops, isParallel: true, isProfiled: isProfiled, integers: integers)
    return JitProgram(
      source: printer.exportedSource(hash: 0, withThunks: true), entries: entries(printer), sharesWork: printer.hasTasks)
  }

  /// 64-bit FNV-1a.
  package static func hash(_ bytes: some Sequence<UInt8>) -> UInt64 {
    bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
  }

  private static func entries(_ printer: ProgramPrinter) -> [JitProgram.Entry] {
    zip(printer.entries, printer.workspaces).map { entry, workspace in
      JitProgram.Entry(
        kind: workspace.kind, symbol: printer.program.names.thunk(workspace.kind), signature: entry.scope.signature,
        workspaceBytes: workspace.bytes, laneBytes: printer.laneBytes)
    }
  }
}
