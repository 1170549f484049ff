import NNData
import NNEmission
import NNExecution
import NNGraph
import NNSchedule

/// How much flash and RAM a program takes: `nncc --report size`.
///
/// The whole is measured as a compiler makes it; what each kernel takes, in a second build in which every kernel stays a function of its own.
struct SizeReport {
  struct Part {
    var name: String
    /// Lines of the model.
    var places: [String] = []
    var code = 0
    var constants = 0
    /// Of the workspace, in use while it runs.
    var workspace: Int?
    /// What a call takes at the most.
    var stack: Int?
  }

  struct Entry {
    var name: String
    /// Bytes of inputs, targets and outputs of as many examples as a call takes.
    var examples: Int
    var workspace: Int
    var stack: Int
  }

  let target: MachineTarget
  let compiler: String
  private(set) var kernels: [Part] = []
  private(set) var others: [Part] = []
  let flash: (code: Int, constants: Int)
  /// That the program has by itself; it is none but where a compiler puts constants there.
  let data: Int
  private(set) var entries: [Entry] = []
  /// Arrays that the caller keeps.
  private(set) var arrays: [(name: String, bytes: Int)] = []
  /// Functions that have to come from elsewhere, whose sizes are not known.
  let missing: [String]

  init(_ program: ExportedProgram, for target: MachineTarget) throws(ExecutionError) {
    self.target = target
    let whole = try NativeBuild(.measured(target, keepsFunctions: false)).measure(program.source)
    let apart = try NativeBuild(.measured(target, keepsFunctions: true)).measure(program.source)
    let functions = ProgramFunctions(program.source)
    let totals = whole.object.totals
    compiler = whole.compiler.split(separator: "/").last.map(String.init) ?? whole.compiler
    flash = (totals[.code, default: 0], totals[.constants, default: 0] + totals[.data, default: 0])
    data = totals[.data, default: 0] + totals[.zeros, default: 0]
    missing = whole.object.undefined.sorted()
    addParts(program, apart, functions)
    addMemory(program.interface, whole, functions)
  }

  // MARK: Flash

  private mutating func addParts(_ program: ExportedProgram, _ sizes: CompiledSizes, _ functions: ProgramFunctions) {
    let prefix = program.name + "_"
    let entries = Set(program.interface.functions.map(\.symbol))
    let names = Set(functions.all.filter { !$0.places.isEmpty }.map(\.name)).union(program.kernelWorkspaces.keys).subtracting(entries)
    var parts: [String: Part] = [:]
    var (own, shared, tables) = (Part(name: "the functions that call them"), Part(name: "functions they share"), Part(name: "other tables"))
    for symbol in sizes.object.symbols {
      // gcc names what it has made of a function after it: `name.part.0`.
      let name = symbol.name.split(separator: ".").first.map(String.init) ?? symbol.name
      let isCode = symbol.kind == .code
      if let kernel = isCode ? names.contains(name) ? name : nil : functions.reader(of: name, among: names) {
        if isCode { parts[kernel, default: Part(name: kernel)].code += symbol.bytes }
        if !isCode { parts[kernel, default: Part(name: kernel)].constants += symbol.bytes }
      } else if isCode {
        if entries.contains(name) { own.code += symbol.bytes } else { shared.code += symbol.bytes }
      } else {
        tables.constants += symbol.bytes
      }
    }
    for function in functions.all {
      guard var part = parts[function.name] else { continue }
      part.name = String(function.name.dropFirst(prefix.count))
      part.places = function.places
      part.workspace = program.kernelWorkspaces[function.name]
      part.stack = functions.depth(of: function.name, sizes.stack)
      kernels.append(part)
    }
    others = [own, shared, tables].filter { $0.code + $0.constants > 0 }
  }

  // MARK: RAM

  private mutating func addMemory(_ interface: ProgramInterface, _ sizes: CompiledSizes, _ functions: ProgramFunctions) {
    let real = interface.precision.bytes
    for function in interface.functions {
      let tensors = function.arguments.compactMap(interface.tensor)
      let examples = function.kind == .predict ? 1 : interface.batch
      entries.append(
        Entry(
          name: function.kind.rawValue, examples: tensors.reduce(0) { $0 + $1.shape.count * ($1.classes == nil ? real : 4) } * examples,
          workspace: function.workspace, stack: functions.depth(of: function.symbol, sizes.stack)))
    }
    let used = Set(interface.functions.filter { !$0.kind.isPrediction }.flatMap(\.arguments))
    let counts: [(EntryArgument, String, Int)] = [
      (.params, "params", interface.parameterCount), (.state, "state", interface.stateCount), (.grads, "grads", interface.parameterCount),
      (.optimizer, "optimizer", interface.optimizerCount), (.direction, "direction", interface.parameterCount),
    ]
    for (argument, name, count) in counts where used.contains(argument) && count > 0 { arrays.append((name, count * real)) }
    let keepsState = interface.functions.contains { $0.kind.isPrediction && $0.arguments.contains(.state) }
    if keepsState { arrays.append(("state of predict", interface.exampleStateCount * real)) }
  }
}
