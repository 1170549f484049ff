import NNSchedule

/// The parameters of a kernel's function and the names in its body.
struct KernelScope {
  let entry: EntryScope
  var names: NameAllocator
  private var list: KernelParameterList
  /// The loops that surround the rows.
  let outerCounters: [String]

  /// - Parameters:
  ///   - reserved: names of the body's own variables.
  ///   - numbered: beginnings of such names that have a number after them.
  init(_ entry: EntryScope, _ kernel: Kernel, reserved: [String], numbered: [String] = [], scalarNames: (Int) -> String) {
    self.entry = entry
    var names = NameAllocator(entry.program.names, keeping: numbered)
    for name in reserved + (entry.program.isParallel ? TaskPrinter.reservedNames : []) { names.reserve(name) }
    outerCounters = kernel.outer.indices.map { kernel.outer.count == 1 ? "block" : "block\($0 + 1)" }
    for counter in outerCounters { names.reserve(counter) }
    list = KernelParameterList(entry, kernel, names: &names, scalarNames: scalarNames)
    self.names = names
  }

  var parameters: [KernelParameter] { list.parameters }

  var program: ProgramContext { entry.program }

  // MARK: Names

  func pointer(_ access: Access) -> String {
    let region = Region(access.buffer)
    if case .literal(let index) = region { return entry.literalName(index) }
    guard let name = list.pointers[region] else { preconditionFailure("internal: a kernel reads a buffer it was not given") }
    return name
  }

  /// An element's place behind the pointer to its tensor.
  func offset(_ access: Access) -> Int { access.offset - (list.origins[Region(access.buffer)] ?? 0) }

  /// The pointer to an element.
  func place(_ access: Access) -> String { IndexText.pointer(pointer(access), "\(offset(access))") }

  func scalar(_ id: Int) -> String { list.scalars[id] ?? "" }

  /// The pointer to the number that a sink accumulates.
  func target(_ id: Int) -> String { list.targets[id] ?? "" }

  /// The index of an element, given the counters of rows and columns; nil stands for the first.
  func index(_ access: Access, row: String?, column: String?) -> String {
    let outer = zip(access.outer, outerCounters).map { (stride: $0, counter: Optional($1)) }
    return IndexText.sum(offset(access), outer + [(access.row, row), (access.column, column)])
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
    // The argument that holds all buffers holds the scratch memory too.
    let qualifier = list.hasBases ? "" : "restrict "
    list.parameters.append(KernelParameter(kind: .scratch, declaration: "\(program.real) *\(qualifier)\(name)"))
  }
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
  /// Set where the body is one chunk of the work.
  var task: Task?

  struct Task: Hashable, Sendable {
    /// The number of chunks, as C.
    var chunks: String
    /// Elements of scratch memory that each lane needs.
    var laneScratch: Int
    /// Those that all of them have in common, at its start: what is packed, then the sums of each chunk.
    var packedScratch: Int
    var sharedScratch: Int
    /// What lays down an operand that all chunks read, before them.
    var packing: Packing?
    /// What comes after the chunks.
    var finish: String
  }

  enum Packing: Hashable, Sendable {
    case atOnce(String)
    /// The text of a part, and the number of parts, which may be done at the same time, as C.
    case shared(String, parts: String)

    /// The lines of a part, or of all.
    var body: String {
      switch self {
      case .atOnce(let body), .shared(let body, _): body
      }
    }

    var withoutBody: Packing {
      switch self {
      case .atOnce: .atOnce("")
      case .shared(_, let parts): .shared("", parts: parts)
      }
    }
  }

  var declarations: String { parameters.isEmpty ? "void" : parameters.map(\.declaration).joined(separator: ", ") }
}
