package import NNEmission
import NNGraph
import NNSchedule

/// A module for browsers that calls a program's WebAssembly.
package struct JavaScriptModule {
  private let interface: ProgramInterface

  package init(_ interface: ProgramInterface) { self.interface = interface }

  package var name: String { interface.name + ".mjs" }

  /// What the WebAssembly has to export.
  package var exports: [String] { interface.functions.map(\.symbol) + ["\(interface.name)_info"] }

  package var text: String {
    FilledTemplate.text(
      PackageResources.javascript_txt,
      [
        "file": name, "name": interface.name, "prefix": interface.name, "abi": "\(interface.abi)",
        "interface": String(interface.interfaceHash, radix: 16), "batch": "\(interface.batch)", "tensors": tensors, "functions": functions,
        "params": "\(interface.parameterCount)", "states": "\(interface.stateCount)", "exampleStates": "\(interface.exampleStateCount)",
        "optimizer": "\(interface.optimizerCount)", "workspace": "\(interface.workspace)", "rate": "\(interface.rate)",
        "real": interface.precision == .f32 ? "Float32Array" : "Float64Array",
      ])
  }

  private func quoted(_ text: String) -> String {
    "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
  }

  private var tensors: String {
    interface.tensors.map { tensor in
      "  { name: \(quoted(tensor.name)), kind: \"\(tensor.kind)\", shape: [\(tensor.shape.dimensions.map(String.init).joined(separator: ", "))], "
        + "offset: \(tensor.offset), classes: \(tensor.classes.map(String.init) ?? "null"), perExample: \(tensor.isBatched) },\n"
    }.joined()
  }

  private var functions: String {
    interface.functions.map { function in
      let arguments = function.arguments.map { quoted(text(of: $0, in: function)) } + (interface.isParallel ? ["\"null\""] : [])
      let ports = function.arguments.compactMap { argument in
        interface.tensor(argument).map { "[\"\($0.kind)\", \(quoted($0.name))]" }
      }
      return "  \(function.kind.rawValue): { symbol: \"\(function.symbol)\", arguments: [\(arguments.joined(separator: ", "))], "
        + "ports: [\(ports.joined(separator: ", "))] },\n"
    }.joined()
  }

  /// The array or number that stands for an argument.
  private func text(of argument: EntryArgument, in function: ProgramInterface.Function) -> String {
    switch argument {
    case .params: "params"
    case .state: function.kind.isPrediction ? "exampleState" : "state"
    case .grads: "grads"
    case .optimizer: "optimizer"
    case .n: "n"
    case .rate: "rate"
    case .step: "step"
    case .stream: "stream"
    case .seed: "seed"
    case .workspace: "workspace"
    case .input, .target, .output: interface.tensor(argument).map { "\($0.kind):\($0.name)" } ?? "null"
    case .inputGradient, .targetGradient, .report, .direction, .product, .parallel, .result: "null"
    }
  }
}
