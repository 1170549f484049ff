import NNEmission
import NNGraph
import NNSchedule

/// Derivatives that a program has where they were asked for.
extension PythonModule {
  /// The gradient by an input or a target.
  static func isGradient(_ argument: EntryArgument) -> Bool {
    switch argument {
    case .inputGradient, .targetGradient: true
    default: false
    }
  }

  var gradInputsMethod: String? {
    guard let function = interface.function(.gradInputs) else { return nil }
    let gradients = function.arguments.filter(Self.isGradient)
    var arrays = ""
    for gradient in gradients {
      let shape = (["n"] + (interface.tensor(gradient)?.shape.dimensions.map(String.init) ?? [])).joined(separator: ", ")
      arrays += "\n        \(names[gradient] ?? "") = np.full((\(shape),), np.nan, REAL)"
    }
    let pairs = gradients.map { gradient in
      let name = names[gradient] ?? ""
      return "\(quoted(interface.tensor(gradient)?.name ?? "")): \(name)[0] if single else \(name)"
    }
    return """

          def grad_inputs(
              self, \(parameters(inputs(function))), *, stream: int = 0
          ) -> Tuple[float, Dict[str, np.ndarray], Dict[str, np.ndarray]]:
              \"\"\"The mean loss as in training, its gradient by each parameter, and that by each input of real numbers.\"\"\"
              \(examples(inputs(function)))
              grads = np.zeros(PARAMS, REAL)\(arrays)
              loss = \(call(function, count: "_single_call(n)", part: ""))
              return loss, _named(grads, "parameter"), {\(pairs.joined(separator: ", "))}

      """
  }

  var jvpMethod: String? {
    interface.function(.jvp).map {
      directional(
        $0, "float", "The mean loss as in training, and its derivative along a direction: numbers for each parameter, by name.", size: "1",
        result: "float(product[0])")
    }
  }

  var hvpMethod: String? {
    interface.function(.hvp).map {
      directional(
        $0, "Dict[str, np.ndarray]", "The mean loss as in training, and its Hessian by the parameters times a direction, by name.",
        size: "PARAMS", result: "_named(product, \"parameter\")")
    }
  }

  private func directional(_ function: ProgramInterface.Function, _ type: String, _ comment: String, size: String, result: String) -> String
  {
    let ports = inputs(function)
    return """

          def \(function.kind.rawValue)(
              self, \(ports.isEmpty ? "" : parameters(ports) + ", ")direction: Dict[str, np.ndarray], *, stream: int = 0
          ) -> Tuple[float, \(type)]:
              \"\"\"\(comment)\"\"\"
              \(examples(ports))
              along, product = np.zeros(PARAMS, REAL), np.full(\(size), np.nan, REAL)
              _fill(_named(along, "parameter"), direction, "the direction")
              loss = \(call(function, count: "_single_call(n)", part: ""))
              return loss, \(result)

      """
  }
}
