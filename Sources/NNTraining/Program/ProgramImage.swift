import NNEmission
import NNExecution
import NNSchedule
import NNSource

/// The text of a program in both flavours, and what it asks for.
struct ProgramImage {
  let text: ProgramText
  let workspaceBytes: Int
  private let symbols: [EntryKind: String]

  init(_ compiled: CompiledModel, sources: SourceMap) {
    let tiny = Emitter.jit(compiled, sources: sources)
    symbols = tiny.symbols
    workspaceBytes = tiny.workspaceBytes
    text = ProgramText(tiny: { tiny.source }, optimised: { Emitter.native(compiled, sources: sources).source })
  }

  /// The function of an entry that takes an array of pointers.
  func symbol(of kind: EntryKind) -> String {
    guard let symbol = symbols[kind] else { preconditionFailure("the program has no entry '\(kind.rawValue)'") }
    return symbol
  }
}
