import NNSchedule

/// Prints the functions through which a host that knows no signatures calls the entries: `void NAME_ENTRY_call(void **arguments)`.
struct ThunkPrinter {
  private let program: ProgramContext

  init(_ program: ProgramContext) { self.program = program }

  func text(_ scope: EntryScope, flavour: Flavour) -> String {
    let signature = scope.signature
    let places = Dictionary(signature.thunk.enumerated().map { ($1, $0) }) { first, _ in first }
    let hasWorkspace = flavour.isTiles || signature.arguments.contains(.workspace)
    var passed = signature.arguments
    if hasWorkspace, !passed.contains(.workspace) { passed.append(.workspace) }
    if program.isParallel { passed.append(.parallel) }
    let list = passed.compactMap { value($0, at: places[$0] ?? 0) }.joined(separator: ", ")
    let call = "\(program.names.entry(signature.kind))(\(list));"
    let result = places[.result].map { "*(\(program.real) *)arguments[\($0)] = " } ?? ""
    let name = program.names.thunk(signature.kind)
    return "\nvoid \(name)(void **arguments);\nvoid \(name)(void **arguments) {\n  \(result)\(call)\n}\n"
  }

  private func value(_ argument: EntryArgument, at place: Int) -> String? {
    switch argument {
    case .n: "*(const int *)arguments[\(place)]"
    case .rate: "*(const \(program.real) *)arguments[\(place)]"
    case .step, .stream, .seed: "*(const unsigned long long *)arguments[\(place)]"
    case .workspace: "arguments[\(place)]"
    case .parallel: "(const \(program.names.member("parallel")) *)arguments[\(place)]"
    case .report(let index): index == 0 ? "arguments + \(place)" : nil
    default: "(\(program.classes(argument) == nil ? program.real : "int") *)arguments[\(place)]"
    }
  }
}
