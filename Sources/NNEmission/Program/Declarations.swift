import NNGraph
import NNSchedule

/// What a program tells its callers: sizes, types and prototypes. The header and the top of the source print the same lines.
struct Declarations {
  private let program: ProgramContext

  init(_ program: ProgramContext) { self.program = program }

  private var names: ProgramNames { program.names }
  private var real: String { program.real }

  // MARK: Functions

  /// The head of an entry's definition.
  func definition(_ scope: EntryScope, isStatic: Bool, hasWorkspace: Bool) -> String {
    var arguments = scope.signature.arguments
    if hasWorkspace, !arguments.contains(.workspace) { arguments.append(.workspace) }
    if program.isParallel { arguments.append(.parallel) }
    let list = arguments.compactMap { declaration($0, scope) }.joined(separator: ", ")
    return "\(isStatic || names.isRest ? "static " : "")\(resultType(scope.signature)) \(names.entry(scope.signature.kind))(\(list))"
  }

  private func resultType(_ signature: EntrySignature) -> String { signature.returnsReal ? real : "void" }

  /// As it stands in a list of parameters.
  func declaration(_ argument: EntryArgument, _ scope: EntryScope) -> String? {
    let name = scope.name(argument)
    switch argument {
    case .n: return "int \(name)"
    case .rate: return "\(real) \(name)"
    case .step, .stream, .seed: return "unsigned long long \(name)"
    case .workspace: return "void *\(name)"
    case .parallel: return "const \(names.member("parallel")) *\(name)"
    case .report(let index): return index == 0 ? EntryScope.reportsType + EntryScope.reports : nil
    default:
      let type = program.classes(argument) == nil ? real : "int"
      return "\(scope.signature.writes(argument) ? "" : "const ")\(type) *\(name)"
    }
  }

  // MARK: Sizes

  /// - Parameter workspaces: bytes, by entry.
  func sizes(_ workspaces: [(kind: EntryKind, bytes: Int)], laneBytes: Int) -> String {
    let layout = program.layout
    let largest = workspaces.map(\.bytes).max() ?? 0
    var lines = [
      define("BATCH", program.batch, "the largest n a call takes"),
      define("PARAMS", layout.parameterCount, "reals in params, and in grads, laid out by \(names.member("tensors"))[]"),
      define("STATES", layout.stateCount, "reals in state: saved statistics, and BATCH copies of each `state`"),
      define("OPTIMIZER", layout.optimizerCount, "reals in optimizer; zeros to begin with"),
      define("WORKSPACE", largest, "bytes, for any entry; or for one:"),
    ]
    for (kind, bytes) in workspaces where ![.initialize, .update, .predictStart].contains(kind) {
      lines.append(define(CIdentifier.capitals(of: kind.rawValue) + "_WORKSPACE", bytes, nil))
    }
    if workspaces.contains(where: { $0.kind.isPrediction }), layout.exampleStateCount > 0 {
      lines.append(define("PREDICT_STATES", layout.exampleStateCount, "reals in state, where weights are constants"))
    }
    if program.isParallel {
      lines.append(define("LANE_WORKSPACE", laneBytes, "bytes more for each lane of a \(names.member("parallel"))"))
    }
    return lines.joined()
  }

  private func define(_ name: String, _ value: Int, _ comment: String?) -> String {
    var text = "#define \(names.macro(name)) \(value)"
    if let comment {
      text += String(repeating: " ", count: max(1, 40 - text.utf8.count)) + "/* \(comment) */"
    }
    return text + "\n"
  }

  // MARK: Types

  var types: String {
    """
    typedef \(real) \(names.member("real"));
    /* kind: 0 parameter, 1 state, 2 input, 3 target, 4 output; shape: for one example; offset: in params or state, else the place among its kind */
    typedef struct { const char *name; int kind, rank, shape[8]; long offset; } \(names.member("tensor"));
    /* for hosts that load the program at run time; entry_workspace: of infer, loss, grad, step, grad_inputs, jvp, hvp, predict,
       predict_batch, or -1 for those left out; interface_hash: of the model and all that the header says */
    typedef struct {
      int abi, real_bytes, batch, tensor_count;
      unsigned long long model_hash, interface_hash;
      long params, states, optimizer, workspace, entry_workspace[9];
      const \(names.member("tensor")) *tensors;
    } \(names.member("model"));

    """ + (program.isParallel ? TaskPrinter.type(program) : "")
  }

  /// `extern` data and the prototypes of the entries.
  func prototypes(_ scopes: [EntryScope]) -> String {
    var text = """
      extern const \(names.member("tensor")) \(names.member("tensors"))[];
      extern const int \(names.member("tensor_count"));
      extern const \(names.member("model")) \(names.member("info"));

      """
    for scope in scopes {
      text += definition(scope, isStatic: false, hasWorkspace: scope.signature.arguments.contains(.workspace)) + ";\n"
    }
    return text
  }

  // MARK: Which program this is

  /// What the program defines for whoever was compiled with its header, and for nobody else.
  func marker(_ interfaceHash: UInt64) -> String {
    let name = marker(named: interfaceHash)
    return "\(interfaceLine(interfaceHash))extern const int \(name);\nconst int \(name) = \(ProgramPrinter.abi);\n"
  }

  private func marker(named interfaceHash: UInt64) -> String { names.member("interface_\(String(interfaceHash, radix: 16))") }

  private func interfaceLine(_ interfaceHash: UInt64) -> String {
    "#define \(names.macro("INTERFACE")) 0x\(String(interfaceHash, radix: 16))ull\n"
  }

  /// A host asks for the marker as it is linked, if its compiler knows how to keep what nothing reads.
  private func demand(_ interfaceHash: UInt64) -> String {
    let name = marker(named: interfaceHash)
    return """
      /* What was compiled with the header of another model, or of this one with other sizes, does not link. Who loads the program at run time defines
         \(names.macro("LOADED")) and compares \(names.member("info")).interface_hash. */
      \(interfaceLine(interfaceHash))#if defined(__GNUC__) && !defined(\(names.macro("LOADED")))
      extern const int \(name);
      __attribute__((used)) static const int *const \(names.member("demand")) = &\(name);
      #endif
      """
  }

  func header(
    _ workspaces: [(kind: EntryKind, bytes: Int)], laneBytes: Int, _ scopes: [EntryScope], title: String, interfaceHash: UInt64
  ) -> String {
    let guardName = names.macro("H")
    return """
      /* \(title) */
      #ifndef \(guardName)
      #define \(guardName)

      /* Buffers handed to a call must not overlap. n outside 1...\(names.macro("BATCH")) or a class out of range returns NaN. */
      \(sizes(workspaces, laneBytes: laneBytes))
      #ifdef __cplusplus
      extern "C" {
      #endif

      \(types)
      \(prototypes(scopes))
      \(demand(interfaceHash))

      #ifdef __cplusplus
      }
      #endif

      #endif

      """
  }
}
