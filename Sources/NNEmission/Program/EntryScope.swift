import NNGraph
import NNSchedule

/// One entry point as the text of its functions sees it: what its arguments are called and where each region lies.
///
/// Immutable, and shared by the printers of all kernels: a class, so that handing it on costs nothing.
final class EntryScope: Sendable {
  let program: ProgramContext
  let entry: CompiledEntry
  let signature: EntrySignature
  private let argumentNames: [EntryArgument: String]
  private let tables: [String]
  /// The largest number of examples that a call takes.
  var batch: Int { entry.batch }
  /// Names of the entry function itself.
  let names: NameAllocator

  /// - Parameter tables: the names of the entry's literals.
  init(_ program: ProgramContext, _ entry: CompiledEntry, tables: [String]) {
    self.program = program
    self.tables = tables
    self.entry = entry
    signature = EntrySignature(entry, of: program.model)
    var names = NameAllocator(program.names)
    var argumentNames: [EntryArgument: String] = [:]
    if program.isParallel { names.reserve("parallel") }
    if signature.arguments.contains(.report(0)) { names.reserve(Self.reports) }
    for argument in signature.arguments {
      if case .report(let index) = argument {
        argumentNames[argument] = program.report(index, of: Self.reports)
      } else if let fixed = argument.fixedName {
        argumentNames[argument] = fixed
        names.reserve(fixed)
      } else {
        argumentNames[argument] = names.allocate(Self.wantedName(argument, program))
      }
    }
    self.argumentNames = argumentNames
    self.names = names
  }

  /// The trainer's reports are one array: there may be more of them than a function takes arguments.
  static let reports = "reports"
  static let reportsType = "void *const *"

  private static func wantedName(_ argument: EntryArgument, _ program: ProgramContext) -> String {
    switch argument {
    case .input, .target: program.port(argument)?.name ?? ""
    case .inputGradient, .targetGradient: "grad_" + (program.port(argument)?.name ?? "")
    case .output(let index): program.model.outputs[index].name
    default: argument.fixedName ?? ""
    }
  }

  func name(_ argument: EntryArgument) -> String { argumentNames[argument] ?? argument.fixedName ?? "" }

  // MARK: Regions

  /// What a region is called, before clashes are resolved.
  func wantedName(_ region: Region) -> String {
    let model = program.model
    switch region {
    case .parameter(let index): return model.parameters[index].name
    case .state(let index): return model.states[index].name
    case .gradient(let index): return "grad_" + model.parameters[index].name
    case .slot(let index, let slot): return "\(model.parameters[index].name)_memory\(slot + 1)"
    case .direction(let index): return "direction_" + model.parameters[index].name
    case .product(let index): return signature.kind == .jvp ? "product_" : "product_" + model.parameters[index].name
    case .report(let index): return "report_" + entry.program.reports[index].name
    case .input, .target, .output, .inputGradient, .targetGradient: return region.argument.map(name) ?? ""
    case .literal(let index): return tables[index]
    case .workspace(let index): return entry.schedule.memory.slots[index].name ?? "buffer\(index + 1)"
    }
  }

  /// The name of a table of numbers in the file.
  func literalName(_ index: Int) -> String { tables[index] }

  /// Where a region begins in its argument, in elements.
  func offset(_ region: Region) -> Int {
    let layout = program.layout
    switch region {
    case .parameter(let index), .gradient(let index), .direction(let index): return layout.parameters[index]
    case .product(let index): return signature.kind == .jvp ? 0 : layout.parameters[index]
    case .slot(let index, let slot): return slot * layout.parameterCount + layout.parameters[index]
    case .state(let index): return (entry.kind.isPrediction ? layout.exampleStates : layout.states)[index]
    case .workspace(let index): return entry.schedule.memory.slots[index].offset
    case .input, .target, .output, .inputGradient, .targetGradient, .report, .literal: return 0
    }
  }

  /// Whether the region is memory that the entry may not write.
  func isConstant(_ region: Region) -> Bool {
    if case .literal = region { return true }
    return region.argument.map { !signature.writes($0) } ?? false
  }

  /// `int` for class numbers.
  func elementType(_ region: Region) -> String {
    if let argument = region.argument, program.classes(argument) != nil { return "int" }
    return program.real
  }

  /// Whether two regions begin at the same place in the workspace.
  func isSamePlace(_ first: Region, _ second: Region) -> Bool {
    guard case .workspace(let a) = first, case .workspace(let b) = second else { return false }
    return entry.schedule.memory.slots[a].offset == entry.schedule.memory.slots[b].offset
  }

  /// Whether two regions may share memory: buffers of the workspace do when one dies where the other is born.
  func overlap(_ first: Region, _ second: Region) -> Bool {
    if first == second { return true }
    guard case .workspace(let a) = first, case .workspace(let b) = second else { return false }
    let slots = entry.schedule.memory.slots
    let (one, other) = (slots[a], slots[b])
    return one.offset < other.offset + other.extent.at(batch: batch)
      && other.offset < one.offset + one.extent.at(batch: batch)
  }
}

extension EntryArgument {
  /// The name of an argument that every model has.
  var fixedName: String? {
    switch self {
    case .params: "params"
    case .state: "state"
    case .grads: "grads"
    case .optimizer: "optimizer"
    case .n: "n"
    case .direction: "direction"
    case .product: "product"
    case .rate: "rate"
    case .step: "step"
    case .stream: "stream"
    case .seed: "seed"
    case .workspace: "workspace"
    case .parallel: "parallel"
    case .input, .target, .output, .inputGradient, .targetGradient, .report, .result: nil
    }
  }
}
