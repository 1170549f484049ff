import NNGraph
package import NNQuantization
package import NNSchedule
import NNSource

/// A network in integers, to be printed in the place of an inference with constant weights.
package struct IntegerProgram: Sendable {
  package var network: QuantizedNetwork
  /// What floats compute behind it: one `predict`.
  package var rest: CompiledModel

  package init(_ network: QuantizedNetwork, rest: CompiledModel) {
    self.network = network
    self.rest = rest
  }
}

/// Prints an inference in integers: its tables, the function for one example, and the entries around it.
struct IntegerPrinter {
  let program: ProgramContext
  private let network: QuantizedNetwork
  private let rest: EntryPrinter.Output
  private let restScope: EntryScope
  private let restBytes: Int
  /// Tables, the float part and the function for one example.
  private(set) var text: String
  /// Template names of the functions that are called.
  private(set) var used: Set<String>

  /// - Parameters:
  ///   - scope: of one of the entries.
  ///   - rest: the float part as it was printed.
  init(_ program: ProgramContext, _ network: QuantizedNetwork, scope: EntryScope, rest: ProgramPrinter.Entry, restBytes: Int) {
    self.program = program
    self.network = network
    self.rest = rest.output
    self.restBytes = restBytes
    restScope = rest.scope
    text = ""
    used = rest.output.used
    text = function(scope)
  }

  private var names: ProgramNames { program.names }

  /// The function that computes one example.
  private var oneExample: String { names.member("one") }

  /// Bytes of workspace.
  var memory: Int { network.memory + restBytes }

  // MARK: One example

  private mutating func function(_ scope: EntryScope) -> String {
    var tables = CWriter()
    var body = CWriter(depth: 1)
    for (index, layer) in network.layers.enumerated() {
      var printer = IntegerLayerPrinter(program, network, layer, number: index + 1, scope: scope)
      printer.print(tables: &tables, calls: &body)
      used.formUnion(printer.used)
    }
    body.line("\(program.names.entry(.predict))\(ProgramNames.restSuffix)(\(restArguments(scope)));")
    var writer = CWriter()
    let arguments = Self.ports(scope)
    let list = arguments.map { "\(isOutput($0) ? "" : "const ")\(program.real) *\(scope.name($0))" } + ["void *workspace"]
    writer.line("/* one example */")
    writer.open("\(names.carried("nn_wide")) static void \(oneExample)(\(list.joined(separator: ", ")))")
    let address = "(\(names.member("address")))workspace"
    let byte = names.carried("nn_byte")
    writer.line("\(byte) *const memory = (\(byte) *)workspace + (64 - \(address) % 64) % 64;")
    writer.append(body.text)
    writer.close()
    used.formUnion(["nn_byte", "nn_wide"])
    return "\n" + tables.text + rest.text + "\n" + writer.text
  }

  private static func ports(_ scope: EntryScope) -> [EntryArgument] { scope.signature.arguments.filter { $0 != .n && $0 != .workspace } }

  private func isOutput(_ argument: EntryArgument) -> Bool {
    if case .output = argument { return true }
    return false
  }

  private func restArguments(_ scope: EntryScope) -> String {
    restScope.signature.arguments.map { argument in
      switch argument {
      case .input(let index) where index >= program.model.inputs.count:
        let offset = network.offsets[network.handedOver[index - program.model.inputs.count]]
        return "(const \(program.real) *)(const void *)(memory + \(offset))"
      case .workspace: return "memory + \(network.memory)"
      default: return scope.name(argument)
      }
    }.joined(separator: ", ")
  }

  // MARK: Entries

  func entry(_ scope: EntryScope) -> EntryPrinter.Output {
    var guards = ArgumentGuards(scope)
    var expressions = ExpressionPrinter(program)
    var writer = CWriter()
    writer.open(Declarations(program).definition(scope, isStatic: false, hasWorkspace: true))
    if program.isParallel { writer.line("(void)parallel;") }
    writer.append(guards.text(into: &expressions))
    let ports = Self.ports(scope)
    if scope.signature.arguments.contains(.n) {
      let passed = ports.map { "\(scope.name($0)) + \(counted($0))" } + ["workspace"]
      writer.single("for (long example = 0; example < n; ++example)", "\(oneExample)(\(passed.joined(separator: ", ")));")
    } else {
      writer.line("\(oneExample)(\((ports.map(scope.name) + ["workspace"]).joined(separator: ", ")));")
    }
    writer.close()
    let elements = (memory + program.precision.bytes - 1) / program.precision.bytes
    return EntryPrinter.Output(text: "\n" + writer.text, used: expressions.used, memory: elements)
  }

  private func counted(_ argument: EntryArgument) -> String {
    var count = program.port(argument)?.type.shape.count ?? 1
    if case .output(let index) = argument { count = program.model.graph.shape(program.model.outputs[index].value).count }
    return count == 1 ? "example" : "example * \(count)"
  }
}
