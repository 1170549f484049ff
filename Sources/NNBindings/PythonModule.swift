package import NNEmission
import NNGraph
import NNSchedule

/// A module on ctypes and numpy that calls a program's shared library.
package struct PythonModule {
  let interface: ProgramInterface
  /// What the inputs, targets and outputs are called.
  let names: [EntryArgument: String]

  package init(_ interface: ProgramInterface) {
    self.interface = interface
    var allocator = HostNames(reserved: Self.reserved)
    var names: [EntryArgument: String] = [:]
    for (kind, argument) in Self.ports {
      for (index, tensor) in interface.tensors(kind).enumerated() { names[argument(index)] = allocator.allocate(tensor.name) }
    }
    for gradient in interface.function(.gradInputs)?.arguments ?? [] where Self.isGradient(gradient) {
      names[gradient] = interface.tensor(gradient).map { allocator.allocate("grad_\($0.name)") }
    }
    self.names = names
  }

  private static let ports: [(ProgramInterface.Tensor.Kind, @Sendable (Int) -> EntryArgument)] = [
    (.input, EntryArgument.input), (.target, EntryArgument.target), (.output, EntryArgument.output),
  ]

  private static let reserved = """
    False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal \
    not or pass raise return try while with yield match case self n single part rate step stream seed grads gradients loss state path np ctypes json os len \
    float int slice list dict tuple str range print i along direction product examples PARAMS REAL _at _examples _fill _library _named _parts _single_call _workspace
    """

  /// The file that the module opens; `digits.so` would be taken for the module itself.
  package static func library(_ name: String) -> String { "lib\(name).so" }

  package var text: String {
    FilledTemplate.text(
      PackageResources.python_txt,
      [
        "name": interface.name, "prefix": interface.name, "library": Self.library(interface.name), "synopsis": synopsis,
        "batch": "\(interface.batch)", "params": "\(interface.parameterCount)", "states": "\(interface.stateCount)",
        "optimizer": "\(interface.optimizerCount)", "dtype": interface.precision == .f32 ? "float32" : "float64",
        "abi": "\(interface.abi)", "interface": String(interface.interfaceHash, radix: 16), "workspace": "\(max(interface.workspace, 1))",
        "tensors": tensors, "prototypes": interface.functions.map(prototype).joined(separator: "\n"), "predict": predict, "model": model,
      ])
  }

  // MARK: Data

  private var synopsis: String {
    var lines = ["    import \(interface.name)", ""]
    if let predict = interface.function(.predict) {
      lines.append("    \(listed(outputs)) = \(interface.name).predict(\(listed(inputs(predict))))")
    }
    if hasModel { lines.append("    model = \(interface.name).Model(seed=7)") }
    if let step = interface.function(.step) { lines.append("    loss = model.step(\(listed(inputs(step))), rate=\(rate))") }
    if let infer = interface.function(.infer) { lines.append("    \(listed(outputs)) = model.infer(\(listed(inputs(infer))))") }
    return lines.joined(separator: "\n") + "\n"
  }

  private var rate: String { "\(interface.rate)" }

  private var tensors: String {
    interface.tensors.map { tensor in
      let shape = tensor.shape.dimensions.map { "\($0)," }.joined(separator: " ")
      let classes = tensor.classes.map(String.init) ?? "None"
      return
        "    Tensor(\(quoted(tensor.name)), \"\(tensor.kind)\", (\(shape)), \(tensor.offset), \(classes), \(tensor.isBatched ? "True" : "False")),\n"
    }.joined()
  }

  func quoted(_ text: String) -> String {
    "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
  }

  private func prototype(_ function: ProgramInterface.Function) -> String {
    let types = function.arguments.map { argument in
      switch argument {
      case .n: "ctypes.c_int"
      case .rate: real
      case .step, .stream, .seed: "ctypes.c_ulonglong"
      default: "ctypes.c_void_p"
      }
    }
    let all = types + (interface.isParallel ? ["ctypes.c_void_p"] : [])
    let result = function.returnsReal ? real : "None"
    return "_library.\(function.symbol).argtypes, _library.\(function.symbol).restype = [\(all.joined(separator: ", "))], \(result)"
  }

  private var real: String { interface.precision == .f32 ? "ctypes.c_float" : "ctypes.c_double" }

  // MARK: Arguments

  func inputs(_ function: ProgramInterface.Function) -> [EntryArgument] {
    function.arguments.filter { argument in
      switch argument {
      case .input, .target: true
      default: false
      }
    }
  }

  private var outputs: [EntryArgument] { interface.tensors(.output).indices.map(EntryArgument.output) }

  private func listed(_ arguments: [EntryArgument]) -> String { arguments.compactMap { names[$0] }.joined(separator: ", ") }

  func parameters(_ arguments: [EntryArgument]) -> String {
    arguments.compactMap { names[$0] }.map { "\($0): ArrayLike" }.joined(separator: ", ")
  }

  /// The line that makes arrays of what the caller hands over.
  func examples(_ arguments: [EntryArgument]) -> String {
    let ports = arguments.compactMap { argument -> String? in
      guard let name = names[argument], let tensor = interface.tensor(argument) else { return nil }
      return "\(name)=(\"\(tensor.kind)\", \(quoted(tensor.name)), \(name))"
    }
    let all = arguments.isEmpty ? "" : "\(listed(arguments)), "
    return "n, single, (\(all)) = _examples(\(ports.joined(separator: ", ")))"
  }

  /// A call of the library.
  ///
  /// - Parameter part: the examples at hand, as an index with its brackets.
  func call(_ function: ProgramInterface.Function, count: String, part: String) -> String {
    let values = function.arguments.map { argument in
      switch argument {
      case .n: count
      case .input, .target, .output, .inputGradient, .targetGradient: "_at(\(names[argument] ?? "")\(part))"
      case .params: "_at(self.params)"
      case .state: function.kind.isPrediction ? "_at(state)" : "_at(self.state)"
      case .optimizer: "_at(self.optimizer)"
      case .grads: "_at(grads)"
      case .rate: "rate"
      case .step: "step"
      case .stream: "stream"
      case .seed: "seed"
      case .workspace: "_workspace()"
      case .direction: "_at(along)"
      case .product: "_at(product)"
      case .report, .parallel, .result: "None"
      }
    }
    return "_library.\(function.symbol)(\((values + (interface.isParallel ? ["None"] : [])).joined(separator: ", ")))"
  }

  // MARK: Inference

  private var resultType: String { outputs.count == 1 ? "np.ndarray" : "Dict[str, np.ndarray]" }

  private func newOutputs(_ indent: String) -> String {
    interface.tensors(.output).enumerated().map { index, tensor in
      let shape = (["n"] + tensor.shape.dimensions.map(String.init)).joined(separator: ", ")
      return "\(indent)\(names[.output(index)] ?? "") = np.empty((\(shape),), REAL)\n"
    }.joined()
  }

  private var results: String {
    func one(_ index: Int) -> String { names[.output(index)].map { "\($0)[0] if single else \($0)" } ?? "None" }
    if outputs.count == 1 { return "return \(one(0))" }
    let pairs = interface.tensors(.output).enumerated().map { "\(quoted($1.name)): \(one($0))" }
    return "return {\(pairs.joined(separator: ", "))}"
  }

  private var predict: String {
    guard let one = interface.function(.predict) ?? interface.function(.predictBatch) else { return "" }
    let several = interface.function(.predictBatch)
    let arguments = inputs(one)
    let keepsState = one.arguments.contains(.state)
    var text = "\n"
    if keepsState { text += startingState }
    text += "def predict(\(parameters(arguments))\(keepsState ? ", state: np.ndarray" : "")) -> \(resultType):\n"
    text += "    \"\"\"\(outputsSentence), by the weights that are constants of the library.\"\"\"\n"
    text += "    \(examples(arguments))\n" + newOutputs("    ")
    if interface.function(.predict) != nil {
      let indent = several == nil ? "    " : "        "
      if several != nil { text += "    if n == 1:\n" }
      text += "\(indent)for i in range(\(several == nil ? "n" : "1")):\n\(indent)    \(call(one, count: "1", part: "[i : i + 1]"))\n"
      if several != nil { text += "        \(results)\n" }
    }
    if let several {
      text += "    for part in _parts(n, \(keepsState ? "True" : "False")):\n"
      text += "        \(call(several, count: "part.stop - part.start", part: "[part]"))\n"
    }
    return text + "    \(results)\n\n"
  }

  private var startingState: String {
    """
    def predict_start() -> np.ndarray:
        \"\"\"The state that `predict` begins with and moves on.\"\"\"
        state = np.zeros(\(interface.exampleStateCount), REAL)
        _library.\(interface.name)_predict_start(_at(state)\(interface.isParallel ? ", None" : ""))
        return state


    """
  }

  private var outputsSentence: String {
    let names = interface.tensors(.output).map { "`\($0.name)`" }
    return names.count == 1 ? "What the model says: \(names[0])" : "What the model says, by name: \(names.joined(separator: ", "))"
  }

  // MARK: The model

  private var hasModel: Bool {
    interface.functions.contains { !$0.kind.isPrediction } && interface.function(.initialize) != nil
  }

  private var model: String {
    guard hasModel else { return "" }
    let body = FilledTemplate.text(
      PackageResources.python_model_txt,
      ["prefix": interface.name, "name": interface.name, "null": interface.isParallel ? ", None" : ""])
    let derivatives = [gradMethod, gradInputsMethod, jvpMethod, hvpMethod]
    return body + ([inferMethod, lossMethod] + derivatives + [stepMethod, updateMethod]).compactMap { $0 }.joined()
  }

  private var inferMethod: String? {
    guard let function = interface.function(.infer) else { return nil }
    let arguments = inputs(function)
    let keepsState = interface.exampleStateCount > 0 ? "True" : "False"
    return """

          def infer(self, \(parameters(arguments))) -> \(resultType):
              \"\"\"\(outputsSentence).\"\"\"
              \(examples(arguments))
      \(newOutputs("        "))        for part in _parts(n, \(keepsState)):
                  \(call(function, count: "part.stop - part.start", part: "[part]"))
              \(results)

      """
  }

  private var lossMethod: String? {
    guard let function = interface.function(.loss) else { return nil }
    return """

          def loss(self, \(parameters(inputs(function)))) -> float:
              \"\"\"The mean loss of up to BATCH examples, as in use.\"\"\"
              \(examples(inputs(function)))
              return \(call(function, count: "_single_call(n)", part: ""))

      """
  }

  private var gradMethod: String? {
    guard let function = interface.function(.grad) else { return nil }
    return """

          def grad(self, \(parameters(inputs(function))), *, stream: int = 0) -> Tuple[float, Dict[str, np.ndarray]]:
              \"\"\"The mean loss of up to BATCH examples, as in training, and its gradient by each parameter.

              `stream` numbers the first example for random draws.
              \"\"\"
              \(examples(inputs(function)))
              grads = np.zeros(PARAMS, REAL)
              loss = \(call(function, count: "_single_call(n)", part: ""))
              return loss, _named(grads, "parameter")

      """
  }

  private var stepMethod: String? {
    guard let function = interface.function(.step) else { return nil }
    return """

          def step(self, \(parameters(inputs(function))), *, rate: float = \(rate)) -> float:
              \"\"\"Learns from up to BATCH examples; returns their mean loss before that. A loss that is not finite changes nothing.\"\"\"
              \(examples(inputs(function)))
              step, stream = self.steps, self.examples
              loss = \(call(function, count: "_single_call(n)", part: ""))
              self.steps, self.examples = step + 1, stream + n
              return loss

      """
  }

  private var updateMethod: String? {
    guard let function = interface.function(.update) else { return nil }
    return """

          def update(self, gradients: Dict[str, np.ndarray], *, rate: float = \(rate)) -> None:
              \"\"\"The optimizer's part of `step`, by gradients such as `grad` gives.\"\"\"
              grads = np.zeros(PARAMS, REAL)
              _fill(_named(grads, "parameter"), gradients, "gradients")
              step = self.steps
              \(call(function, count: "", part: ""))
              self.steps = step + 1

      """
  }
}
