import NNSchedule

/// The two ways to print one schedule.
enum Flavour: Sendable {
  /// Loops, for compilers that make them fast; carries the text of the functions it calls.
  case loops
  /// Calls on precompiled tile primitives, for libtcc.
  case tiles

  var isStatic: Bool { self == .tiles }
}

/// The kernels of a program. Entries that need the same one share it.
struct KernelRegistry {
  private struct Key: Hashable {
    var parameters: [String]
    var body: String
    var task: KernelFunction.Task?
  }

  private var names: [Key: String] = [:]
  private var taken: Set<String> = []
  private(set) var texts: [String] = []
  private(set) var used: Set<String> = []
  /// Whether any of them is a task.
  private(set) var hasTasks = false

  /// The name of a function that is this kernel; it is added unless there is one already.
  mutating func add(_ function: KernelFunction, wantedName: String, in program: ProgramContext) -> String {
    used.formUnion(function.used)
    let key = Key(parameters: function.parameters.map(\.declaration), body: function.body, task: function.task)
    if let known = names[key] { return known }
    let name = free(wantedName)
    names[key] = name
    if let task = function.task {
      hasTasks = true
      texts.append(TaskPrinter(program, function, task, name: name).text)
      return name
    }
    var text = "\n"
    for line in function.comment { text += "/* \(line) */\n" }
    text += "static void \(name)(\(function.declarations)) {\n\(function.body)}\n"
    texts.append(text)
    return name
  }

  private mutating func free(_ wanted: String) -> String {
    var name = wanted
    var number = 1
    while !taken.insert(name).inserted {
      number += 1
      name = "\(wanted)_\(number)"
    }
    return name
  }
}
