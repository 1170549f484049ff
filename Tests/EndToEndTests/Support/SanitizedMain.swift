import NNEmission
import NNGraph
import NNSchedule

/// A C program that calls every entry of some programs on memory of exactly the size that the contract asks for, so that a sanitizer sees every access
/// outside of it.
struct SanitizedMain {
  let text: String

  init(_ programs: [PrintedProgram]) {
    var text = programs.map { $0.printedForSystem().source }.joined(separator: "\n") + Self.allocation
    for printed in programs {
      text += "\nstatic void try_\(Self.name(printed))(int n) {\n"
      let entries = printed.printedForSystem().entries
      for (entry, compiled) in zip(entries, printed.compiled.entries) { text += Self.call(entry, compiled, printed.compiled) }
      text += "}\n"
    }
    text += "\nint main(void) {\n"
    for printed in programs {
      text += "  for (int n = -1; n <= \(printed.compiled.batch + 1); ++n) try_\(Self.name(printed))(n);\n"
    }
    self.text = text + "  puts(\"done\");\n  return 0;\n}\n"
  }

  private static func name(_ printed: PrintedProgram) -> String { printed.compiled.model.name }

  /// Memory is asked for through `hold`, which remembers it for `release`. Reals are in -1...1, what is written starts as no numbers.
  private static let allocation = """

    extern void *malloc(unsigned long);
    extern void free(void *);
    extern void *memset(void *, int, unsigned long);
    extern int puts(const char *);
    static void *held[64];
    static int held_count;
    static unsigned state = 1;
    static char *hold(unsigned long bytes, unsigned long shift) {
      char *memory = malloc(bytes + shift);
      held[held_count++] = memory;
      memset(memory, 0xff, bytes + shift);
      return memory + shift;
    }
    static void release(void) {
      while (held_count > 0) free(held[--held_count]);
    }
    static unsigned next(void) {
      state = state * 1664525u + 1013904223u;
      return state >> 8;
    }
    static void *floats(long count) {
      float *memory = (float *)(void *)hold((unsigned long)count * 4, 4);
      for (long i = 0; i < count; ++i) memory[i] = (float)next() / 8388608.0f - 1.0f;
      return memory;
    }
    static void *doubles(long count) {
      double *memory = (double *)(void *)hold((unsigned long)count * 8, 8);
      for (long i = 0; i < count; ++i) memory[i] = (double)next() / 8388608.0 - 1.0;
      return memory;
    }
    static void *classes(long count, int classes) {
      int *memory = (int *)(void *)hold((unsigned long)count * 4, 4);
      for (long i = 0; i < count; ++i) memory[i] = (int)(next() % (unsigned)classes);
      return memory;
    }
    static void *room(long bytes, long shift) { return hold((unsigned long)bytes, (unsigned long)shift); }
    static void *whole(int value) {
      int *memory = (int *)(void *)hold(4, 4);
      *memory = value;
      return memory;
    }
    static void *large(unsigned long long value) {
      unsigned long long *memory = (unsigned long long *)(void *)hold(8, 8);
      *memory = value;
      return memory;
    }

    """

  private static func call(_ entry: JitProgram.Entry, _ compiledEntry: CompiledEntry, _ compiled: CompiledModel) -> String {
    let arguments = entry.signature.thunk.map { argument($0, entry, compiledEntry, compiled) }
    let list = arguments.map { "      \($0),\n" }.joined()
    return "  {\n    void *arguments[] = {\n\(list)    };\n    \(entry.symbol)(arguments);\n    release();\n  }\n"
  }

  private static func argument(
    _ argument: EntryArgument, _ entry: JitProgram.Entry, _ compiledEntry: CompiledEntry, _ compiled: CompiledModel
  ) -> String {
    let model = compiled.model
    let layout = compiled.layout
    let bytes = compiled.precision.bytes
    let examples = "(n < 0 ? 0 : n > \(compiled.batch) ? \(compiled.batch) : n)"
    func count(_ type: ValueType) -> String { type.isBatched ? "\(examples) * \(type.shape.count)l" : "\(type.shape.count)l" }
    func reals(_ count: String) -> String { compiled.precision == .f32 ? "floats(\(count))" : "doubles(\(count))" }
    func result(_ type: ValueType) -> String { "room(\(count(type)) * \(bytes), \(bytes))" }
    func port(_ port: Port) -> String {
      if case .integer(let classes) = port.type.element { return "classes(\(count(port.type)), \(classes))" }
      return reals(count(port.type))
    }
    switch argument {
    case .params, .direction: return reals("\(layout.parameterCount)l")
    case .state: return reals("\(layout.stateCount)l")
    case .grads where entry.kind == .update: return reals("\(layout.parameterCount)l")
    case .grads: return "room(\(layout.parameterCount * bytes), \(bytes))"
    case .product: return "room(\((entry.kind == .jvp ? 1 : layout.parameterCount) * bytes), \(bytes))"
    case .optimizer: return reals("\(layout.optimizerCount)l")
    case .n: return "whole(n)"
    case .rate: return reals("1l")
    case .step, .stream, .seed: return "large(\(1 << 33)ull)"
    case .input(let index): return port(model.inputs[index])
    case .target(let index): return port(model.targets[index])
    case .output(let index): return result(ValueType(model.graph.shape(model.outputs[index].value), isBatched: true))
    case .report(let index): return result(compiledEntry.program.reports[index].type)
    case .inputGradient(let index): return result(model.inputs[index].type)
    case .targetGradient(let index): return result(model.targets[index].type)
    case .workspace: return "room(\(entry.workspaceBytes), 1 + (int)(next() % 67))"
    case .parallel: return "0"
    case .result: return "room(\(bytes), \(bytes))"
    }
  }
}
