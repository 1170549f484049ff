import NNSchedule

/// The kernels of a program. What does the same is one function, whichever entry or turn of an unrolled loop needs it.
struct KernelRegistry {
  /// A function as it is written.
  private struct Text: Hashable {
    var declarations: String
    var body: String
    var task: KernelFunction.Task?
  }

  /// What functions have in common that only differ in names.
  private struct Outline: Hashable {
    var parameters: Int
    var lines: Int
    var scratch: Int
  }

  /// A function up to the names of its parameters and variables.
  private struct Key: Hashable {
    var text: [UInt8]
    var task: KernelFunction.Task?
  }

  private struct Kernel {
    var name: String
    var function: KernelFunction
    /// How often each entry calls it.
    var calls: [EntryKind: Int] = [:]
    /// Elements of the workspace that are in use while it runs, at the most.
    var workspace = 0
  }

  private let program: ProgramContext
  private let isForLoops: Bool
  private var kernels: [Kernel] = []
  private var known: [Text: Int] = [:]
  private var similar: [Outline: [Int]] = [:]
  /// Of the functions that had to be compared.
  private var keys: [Int: Key] = [:]
  private var taken: Set<String> = []
  private(set) var used: Set<String> = []
  /// Whether any of them is a task.
  private(set) var hasTasks = false

  init(_ program: ProgramContext, _ flavour: Flavour) {
    self.program = program
    isForLoops = flavour == .loops
  }

  /// The name of a function that is this kernel; it is added unless there is one already.
  ///
  /// - Parameter workspace: elements that are in use while it runs.
  mutating func add(_ function: KernelFunction, wantedName: String, for entry: EntryKind, workspace: Int) -> String {
    used.formUnion(function.used)
    let index = index(function, wantedName)
    let comment = kernels[index].function.comment
    kernels[index].function.comment = Self.merged(comment, function.comment)
    kernels[index].calls[entry, default: 0] += 1
    kernels[index].workspace = max(kernels[index].workspace, workspace)
    if isApart(kernels[index]) { used.insert(Self.apart) }
    return kernels[index].name
  }

  private mutating func index(_ function: KernelFunction, _ wantedName: String) -> Int {
    let text = Text(declarations: function.declarations, body: function.body, task: function.task)
    if let index = known[text] { return index }
    let lines = function.body.utf8.count { $0 == UInt8(ascii: "\n") }
    let outline = Outline(parameters: function.parameters.count, lines: lines, scratch: function.scratch)
    let index = equal(to: function, among: similar[outline, default: []]) ?? kernels.count
    known[text] = index
    guard index == kernels.count else { return index }
    similar[outline, default: []].append(index)
    kernels.append(Kernel(name: free(wantedName), function: function))
    if function.task != nil { hasTasks = true }
    return index
  }

  private mutating func equal(to function: KernelFunction, among candidates: [Int]) -> Int? {
    guard !candidates.isEmpty else { return nil }
    let wanted = key(function)
    for index in candidates {
      let own = keys[index] ?? key(kernels[index].function)
      keys[index] = own
      if own == wanted { return index }
    }
    return nil
  }

  /// Whether compilers must not copy it to where it is called, of which there may be thousands.
  private func isApart(_ kernel: Kernel) -> Bool {
    isForLoops && kernel.function.task == nil && kernel.calls.values.contains { $0 >= Self.manyCalls }
  }

  private static let manyCalls = 4
  private static let apart = "nn_apart"

  var text: String { kernels.map(text).joined() }

  /// Bytes of the workspace that are in use while each function runs, at the most.
  var workspaces: [String: Int] {
    Dictionary(kernels.map { ($0.name, $0.workspace * program.precision.bytes) }) { first, _ in first }
  }

  private func text(_ kernel: Kernel) -> String {
    let function = kernel.function
    if let task = function.task { return TaskPrinter(program, function, task, name: kernel.name).text }
    var text = "\n"
    for line in function.comment { text += "/* \(line) */\n" }
    let attribute = isApart(kernel) ? program.names.carried(Self.apart) + " " : ""
    return text + "\(attribute)static void \(kernel.name)(\(function.declarations)) {\n\(function.body)}\n"
  }

  /// The lines of both; the last line of each says what the loops are, which are the same.
  private static func merged(_ first: [String], _ second: [String]) -> [String] {
    guard let loops = first.last else { return first }
    return first.dropLast() + second.dropLast().filter { !first.contains($0) } + [loops]
  }

  /// A word of a function's text: where it was first, and the number of names that were there before it unless it means the same everywhere.
  private struct Word {
    var place: Range<Int>
    var number: Int?
  }

  /// The function's text, in which a name is the number of names that were there before it.
  private func key(_ function: KernelFunction) -> Key {
    let task = function.task
    let bytes = Array([function.declarations, function.body, task?.packing?.body ?? "", task?.finish ?? ""].joined(separator: "\0").utf8)
    var words: [UInt64: Word] = [:]
    var key = Key(text: [], task: task)
    key.text.reserveCapacity(bytes.count)
    var scanner = TokenScanner(bytes, in: bytes.indices)
    while let piece = scanner.next() {
      switch piece {
      case .comment: break
      case .other(let range): key.text += bytes[range]
      case .identifier(let range):
        let hash = bytes[range].reduce(14_695_981_039_346_656_037) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }
        if words[hash] == nil {
          let isFixed = isFixed(String(decoding: bytes[range], as: UTF8.self))
          words[hash] = Word(place: range, number: isFixed ? nil : words.count)
        }
        // Words that only share a hash stand as they are.
        if let word = words[hash], let number = word.number, bytes[word.place] == bytes[range] {
          key.text += [1, UInt8(truncatingIfNeeded: number), UInt8(truncatingIfNeeded: number >> 8)]
        } else {
          key.text += bytes[range]
        }
      }
    }
    key.task?.packing = task?.packing?.withoutBody
    key.task?.finish = ""
    return key
  }

  /// Whether a word means the same in all functions: those of C, and what is visible in the whole file.
  private func isFixed(_ word: String) -> Bool {
    CIdentifier.keywordSet.contains(word) || program.names.isVisible(word) || word.hasPrefix("nn_")
  }

  /// The name itself, or with a number behind it: no other function of a kernel has it, or a name that is made of it.
  mutating func free(_ wanted: String) -> String {
    var name = wanted
    var number = 1
    while !taken.isDisjoint(with: TaskPrinter.names(name)) {
      number += 1
      name = "\(wanted)_\(number)"
    }
    taken.formUnion(TaskPrinter.names(name))
    return name
  }
}
