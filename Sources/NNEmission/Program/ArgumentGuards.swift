import NNGraph
import NNSchedule

/// The first lines of an entry: calls that the contract does not allow return NaN, and nothing is read or written out of bounds.
struct ArgumentGuards {
  private let scope: EntryScope
  private(set) var used: Set<EntryArgument> = []

  init(_ scope: EntryScope) { self.scope = scope }

  private var program: ProgramContext { scope.program }

  private var classArguments: [EntryArgument] { scope.signature.arguments.filter { program.classes($0) != nil } }

  /// Whether a class number has to be looked at, which takes a function of its own.
  static func needsClasses(_ scope: EntryScope) -> Bool {
    scope.signature.arguments.contains { scope.program.classes($0) != nil }
  }

  mutating func text(into expressions: inout ExpressionPrinter) -> String {
    let isBatched = scope.signature.arguments.contains(.n)
    var tests: [String] = []
    if program.constants == .bin, !scope.entry.schedule.literals.isEmpty {
      tests.append("!\(ConstantsFile.checkName(program.names))()")
    }
    if isBatched {
      used.insert(.n)
      tests += ["n < 1", "n > \(program.names.macro("BATCH"))"]
    }
    for argument in classArguments {
      guard let classes = program.classes(argument), let count = program.port(argument)?.type.shape.count else { continue }
      used.insert(argument)
      tests.append(
        "!\(program.names.member("fits"))(\(scope.name(argument)), \(IndexText.count(Extent(count, perExample: isBatched))), \(classes))")
    }
    guard !tests.isEmpty else { return "" }
    let nan = expressions.number(.nan).text
    var writer = CWriter(depth: 1)
    if scope.signature.returnsReal {
      writer.line("if (\(tests.joined(separator: " || "))) return \(nan);")
      return writer.text
    }
    writer.open("if (\(tests.joined(separator: " || ")))")
    fillResults(nan, into: &writer)
    writer.line("return;")
    writer.close()
    return writer.text
  }

  /// As many examples of each result as the caller surely has room for become NaN.
  private mutating func fillResults(_ nan: String, into writer: inout CWriter) {
    let results = scope.signature.arguments.compactMap { argument in type(of: argument).map { (argument, $0) } }
    guard !results.isEmpty else { return }
    let batch = program.names.macro("BATCH")
    var names = scope.names
    let (examples, counter) = (names.allocate("examples"), names.allocate("i"))
    let isBatched = scope.signature.arguments.contains(.n)
    if isBatched, results.contains(where: { $0.1.isBatched }) {
      writer.line("const long \(examples) = n < 0 ? 0 : n > \(batch) ? \(batch) : n;")
    }
    for (argument, type) in results where type.shape.count > 0 {
      used.insert(argument)
      let count = type.shape.count
      let end = !(isBatched && type.isBatched) ? "\(count)" : count == 1 ? examples : "\(examples) * \(count)"
      writer.line("for (long \(counter) = 0; \(counter) < \(end); ++\(counter)) \(scope.name(argument))[\(counter)] = \(nan);")
    }
  }

  private func type(of argument: EntryArgument) -> ValueType? {
    switch argument {
    case .output(let index):
      let shape = program.model.graph.shape(program.model.outputs[index].value)
      return ValueType(shape, isBatched: true)
    case .report(let index): return scope.entry.program.reports[index].type
    case .params where scope.entry.kind == .initialize: return ValueType([program.layout.parameterCount], isBatched: false)
    case .state where scope.entry.kind == .initialize: return ValueType([program.layout.stateCount], isBatched: false)
    case .state where scope.entry.kind == .predictStart: return ValueType([program.layout.exampleStateCount], isBatched: false)
    default: return nil
    }
  }

  /// The function that looks at class numbers.
  static func classesFunction(_ program: ProgramContext) -> String {
    """

    // whether all class numbers are in 0..<classes
    static int \(program.names.member("fits"))(const int *values, long count, int classes) {
      for (long i = 0; i < count; ++i)
        if (values[i] < 0 || values[i] >= classes) return 0;
      return 1;
    }

    """
  }
}
