import NNSchedule

/// The parameters of a kernel's function and the names in its body.
struct KernelScope {
  let entry: EntryScope
  var names: NameAllocator
  private(set) var parameters: [KernelParameter] = []
  private var pointers: [Region: String] = [:]
  private var scalars: [Int: String] = [:]
  private var targets: [Int: String] = [:]
  /// The loops that surround the rows.
  let outerCounters: [String]

  /// - Parameters:
  ///   - reserved: names of the body's own variables.
  ///   - numbered: beginnings of such names that have a number after them.
  init(_ entry: EntryScope, _ kernel: Kernel, reserved: [String], numbered: [String] = [], scalarNames: (Int) -> String) {
    self.entry = entry
    names = NameAllocator(entry.program.names, keeping: numbered)
    for name in reserved { names.reserve(name) }
    outerCounters = kernel.outer.indices.map { kernel.outer.count == 1 ? "block" : "block\($0 + 1)" }
    for counter in outerCounters { names.reserve(counter) }
    if kernel.usesBatch { parameters.append(KernelParameter(kind: .n, declaration: "int n")) }
    addRegions(kernel)
    addScalars(kernel, scalarNames)
    if kernel.draws { parameters.append(KernelParameter(kind: .stream, declaration: "unsigned long long stream")) }
  }

  var program: ProgramContext { entry.program }

  // MARK: Names

  func pointer(_ access: Access) -> String {
    let region = Region(access.buffer)
    if case .literal(let index) = region { return entry.literalName(index) }
    guard let name = pointers[region] else { preconditionFailure("internal: a kernel reads a buffer it was not given") }
    return name
  }

  func scalar(_ id: Int) -> String { scalars[id] ?? "" }

  /// The pointer to the number that a sink accumulates.
  func target(_ id: Int) -> String { targets[id] ?? "" }

  /// The index of an element, given the counters of rows and columns; nil stands for the first.
  func index(_ access: Access, row: String?, column: String?) -> String {
    let outer = zip(access.outer, outerCounters).map { (stride: $0, counter: Optional($1)) }
    return IndexText.sum(access.offset, outer + [(access.row, row), (access.column, column)])
  }

  /// The place of the element in the natural order of the kernel's loops.
  func linearIndex(_ kernel: Kernel, row: String?, column: String?, columns: Int) -> String {
    var text = "0"
    for (counter, extent) in zip(outerCounters, kernel.outer) {
      text = text == "0" ? counter : "(\(text)) * (\(IndexText.count(extent))) + \(counter)"
    }
    if text != "0" { text = "(\(text)) * (\(IndexText.count(kernel.rows)))" }
    if let row { text = text == "0" ? row : "\(text) + \(row)" }
    guard columns > 1 else { return text }
    let first = text == "0" ? "" : text.utf8.allSatisfy(CIdentifier.isPart) ? "\(text) * \(columns)" : "(\(text)) * \(columns)"
    guard let column else { return first.isEmpty ? "0" : first }
    return first.isEmpty ? column : "\(first) + \(column)"
  }

  /// Gives the function the scratch memory of the workspace.
  mutating func addScratch(_ name: String) {
    parameters.append(KernelParameter(kind: .scratch, declaration: "\(program.real) *restrict \(name)"))
  }

  // MARK: Parameters

  private mutating func addRegions(_ kernel: Kernel) {
    let product = kernel.product.map { [$0.a, $0.b] } ?? []
    let read = (product + kernel.readAccesses).map { Region($0.buffer) }
    let written = kernel.writtenAccesses.map { Region($0.buffer) }
    let writtenSet = Set(written)
    var ordered: [Region] = []
    var seen: Set<Region> = []
    for region in read.filter({ !writtenSet.contains($0) }) + written {
      if case .literal = region { continue }
      if seen.insert(region).inserted { ordered.append(region) }
    }
    for region in ordered {
      let name = names.allocate(entry.wantedName(region))
      pointers[region] = name
      let isShared = ordered.contains { $0 != region && entry.overlap($0, region) }
      let qualifier = writtenSet.contains(region) ? "" : "const "
      let type = "\(qualifier)\(entry.elementType(region)) *\(isShared ? "" : "restrict ")"
      parameters.append(KernelParameter(kind: .region(region), declaration: type + name))
    }
  }

  private mutating func addScalars(_ kernel: Kernel, _ scalarNames: (Int) -> String) {
    let operands = kernel.statements.flatMap(\.operands) + kernel.sinks.map(\.operand) + kernel.stores.map(\.operand)
    for case .scalar(let id) in operands where scalars[id] == nil {
      let name = names.allocate(scalarNames(id))
      scalars[id] = name
      parameters.append(KernelParameter(kind: .scalar(id), declaration: "const \(program.real) \(name)"))
    }
    for sink in kernel.sinks {
      guard case .scalar(let id) = sink.target, targets[id] == nil else { continue }
      let name = names.allocate(sink.name ?? "sum")
      targets[id] = name
      parameters.append(KernelParameter(kind: .target(id), declaration: "\(program.real) *restrict \(name)"))
    }
  }
}

/// A parameter of a kernel's function: what the caller passes, and how it is declared.
struct KernelParameter: Hashable, Sendable {
  enum Kind: Hashable, Sendable {
    case n, stream, scratch
    case region(Region)
    case scalar(Int)
    /// The address of a number that a sink writes.
    case target(Int)
  }

  var kind: Kind
  var declaration: String
}

/// A kernel as a C function.
struct KernelFunction: Sendable {
  /// What is said about it, one line each.
  var comment: [String]
  var parameters: [KernelParameter]
  var body: String
  /// Elements of the workspace that it needs for itself.
  var scratch = 0
  /// Template names (or symbols) that it calls.
  var used: Set<String> = []

  var declarations: String { parameters.isEmpty ? "void" : parameters.map(\.declaration).joined(separator: ", ") }
}
