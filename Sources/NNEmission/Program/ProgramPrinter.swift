import NNGraph
import NNSchedule
import NNSource

/// Puts the text of a program together: declarations, carried functions, tables, kernels, entries, and what it holds about itself.
struct ProgramPrinter {
  /// The version of the interface that a program and its host must share.
  static let abi = 2

  struct Entry {
    var scope: EntryScope
    var output: EntryPrinter.Output
  }

  let program: ProgramContext
  let flavour: Flavour
  private var tables: LiteralTables
  private var constants = ConstantTable()
  private var kernels: KernelRegistry
  private(set) var entries: [Entry] = []
  /// What entries in integers share.
  private var integers: IntegerPrinter?

  init(
    _ compiled: CompiledModel, _ entries: [CompiledEntry], sources: SourceMap, flavour: Flavour, isParallel: Bool = false,
    isProfiled: Bool = false, constantsKind: ConstantsFile.Kind? = nil, integers: IntegerProgram? = nil
  ) {
    program = ProgramContext(compiled, sources: sources, isParallel: isParallel, isProfiled: isProfiled, constants: constantsKind)
    self.flavour = flavour
    tables = LiteralTables(program)
    kernels = KernelRegistry(program, flavour)
    for entry in entries where integers == nil || !entry.kind.isPrediction { tables.add(named: entry.schedule) }
    for entry in entries {
      if let integers, entry.kind.isPrediction {
        print(entry, integers, sources)
        continue
      }
      let scope = EntryScope(program, entry, tables: tables.names(entry.schedule))
      var printer = EntryPrinter(scope, flavour)
      let output = printer.print(kernels: &kernels, constants: &constants)
      self.entries.append(Entry(scope: scope, output: output))
    }
  }

  /// An entry that computes in integers.
  private mutating func print(_ entry: CompiledEntry, _ integers: IntegerProgram, _ sources: SourceMap) {
    let scope = EntryScope(program, entry, tables: [])
    let printer = self.integers ?? integerPrinter(integers, sources, scope)
    self.integers = printer
    printer.map { entries.append(Entry(scope: scope, output: $0.entry(scope))) }
  }

  private mutating func integerPrinter(_ integers: IntegerProgram, _ sources: SourceMap, _ scope: EntryScope) -> IntegerPrinter? {
    guard let entry = integers.rest.entries.first else { return nil }
    let context = ProgramContext(integers.rest, sources: sources, isRest: true)
    tables.add(named: entry.schedule)
    let own = EntryScope(context, entry, tables: tables.names(entry.schedule))
    var printer = EntryPrinter(own, flavour)
    let rest = Entry(scope: own, output: printer.print(kernels: &kernels, constants: &constants))
    return IntegerPrinter(program, integers.network, scope: scope, rest: rest, restBytes: workspaceBytes(rest))
  }

  private var names: ProgramNames { program.names }

  /// Bytes of workspace that an entry needs: what it uses, and slack to align it.
  func workspaceBytes(_ entry: Entry) -> Int {
    entry.output.memory == 0 ? 0 : (entry.output.memory * program.precision.bytes + 64 + 63) / 64 * 64
  }

  /// By entry; those of the C interface that bring their own memory need none.
  var workspaces: [(kind: EntryKind, bytes: Int)] {
    entries.map { entry in
      let isGiven = flavour.isTiles || entry.scope.signature.arguments.contains(.workspace)
      return (entry.scope.signature.kind, isGiven ? workspaceBytes(entry) : 0)
    }
  }

  /// Bytes more of workspace for each lane, in any entry.
  var laneBytes: Int { (entries.map(\.output.laneMemory).max() ?? 0) * program.precision.bytes }

  var hasTasks: Bool { kernels.hasTasks || entries.contains(where: \.output.sharesStretches) }

  var kernelWorkspaces: [String: Int] { kernels.workspaces }

  var scopes: [EntryScope] { entries.map(\.scope) }

  private var usedByEntries: Set<String> { entries.reduce(into: integers?.used ?? []) { $0.formUnion($1.output.used) } }

  /// Everything between the declarations and the tensors.
  private var code: String {
    let needsClasses = entries.contains { ArgumentGuards.needsClasses($0.scope) }
    let functions =
      (hasTasks ? TaskPrinter.share(names) : "") + (needsClasses ? ArgumentGuards.classesFunction(program) : "")
    let numbers = constantsFile?.declarations ?? tables.text(aligned: flavour == .loops ? names.carried(Self.aligned) : nil)
    return functions + numbers + kernels.text + (integers?.text ?? "") + entries.map(\.output.text).joined()
  }

  /// The tables, where they stand in a file of their own.
  var constantsFile: ConstantsFile? { program.constants.map { ConstantsFile(tables.tables, program, kind: $0) } }

  private var addressType: String {
    guard entries.contains(where: { $0.output.memory > 0 }) else { return "" }
    let name = names.member("address")
    return
      "\n/* an unsigned number as wide as a pointer */\n#ifdef __SIZE_TYPE__\ntypedef __SIZE_TYPE__ \(name);\n#else\ntypedef unsigned long \(name);\n#endif\n"
  }

  // MARK: Loops

  private static let aligned = "nn_aligned"

  func title(_ place: String) -> String { "\(place): generated by nncc; the .nn file is the source." }

  /// Predictive commoning keeps what turns of a loop will overwrite in registers: it reads, before the first turn, places beyond those that a short
  /// loop stores to, and stores to them after the last. So gcc 12 undid what another thread had done to its own columns of the same rows.
  private static let guardOfNeighbours = """
    /* gcc would store numbers beside those of a loop as it found them before, while another thread may be storing there */
    #if defined(__GNUC__) && !defined(__clang__) && !defined(__TINYC__)
    #pragma GCC optimize("no-predictive-commoning")
    #endif


    """

  func exportedSource(hash: UInt64, withThunks: Bool) -> String {
    let declarations = Declarations(program)
    let used = kernels.used.union(usedByEntries).union(tables.hasLongTables && constantsFile == nil ? [Self.aligned] : [])
    var text = "/* \(title("\(names.prefix).c")) */\n\n" + (program.isParallel ? Self.guardOfNeighbours : "")
    text += declarations.sizes(workspaces, laneBytes: laneBytes) + "\n" + declarations.types + "\n"
    text += declarations.prototypes(scopes) + declarations.marker(interfaceHash(of: hash)) + addressType
    let carried = TemplateLibrary.of(program.precision).text(of: used, names: names, precision: program.precision)
    let fuses = names.carried("nn_fuses")
    if integers != nil && carried.contains(fuses) {
      text += "\n/* networks in integers come to the same bytes everywhere: so do functions of what leaves them */\n"
      text += "#define \(fuses) 0\n"
    }
    if !carried.isEmpty { text += "\n" + carried.dropLast() }
    text += code + TensorTable(program).text(hash: hash, interfaceHash: interfaceHash(of: hash), workspaces: workspaces)
    if withThunks { for scope in scopes { text += ThunkPrinter(program).text(scope, flavour: flavour) } }
    return text
  }

  func header(hash: UInt64) -> String {
    Declarations(program).header(
      workspaces, laneBytes: laneBytes, scopes, title: title("\(names.prefix).h"), interfaceHash: interfaceHash(of: hash))
  }

  /// Of all that a host has to know of the program: its sizes, types and functions, and the model's text, whose hash is given.
  func interfaceHash(of hash: UInt64) -> UInt64 {
    let declarations = Declarations(program)
    let text = declarations.sizes(workspaces, laneBytes: laneBytes) + declarations.types + declarations.prototypes(scopes)
    return Emitter.hash("\(Self.abi) \(hash)\n\(text)".utf8)
  }

  // MARK: Tiles

  func tileSource() -> String {
    var prelude = TilePrelude(program)
    let functions = prelude.functions(usedByEntries.union(kernels.used.filter { $0.hasPrefix("nn_") }))
    let prototypes = prelude.prototypes(kernels.used.filter { !$0.hasPrefix("nn_") })
    var text = "#define \(names.macro("BATCH")) \(program.batch)\n" + addressType + prototypes + "\n"
    text += TaskPrinter.type(program) + functions
    if !constants.values.isEmpty {
      var writer = CWriter()
      LiteralTables.print(constants.values, names.constants, program, into: &writer)
      text += "\n" + writer.text
    }
    text += code
    for scope in scopes { text += ThunkPrinter(program).text(scope, flavour: flavour) }
    return text
  }
}
