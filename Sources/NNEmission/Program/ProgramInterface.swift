package import NNGraph
package import NNSchedule

/// What a host has to know of an exported program to call it from another language.
package struct ProgramInterface: Sendable {
  /// What an array of the caller's holds, or that an argument is a number.
  package enum Element: Hashable, Sendable {
    case real, integer
  }

  /// A named tensor of one example, or of the whole model.
  package struct Tensor: Sendable {
    package enum Kind: Int, Hashable, Sendable {
      case parameter, state, input, target, output
    }

    package var name: String
    package var kind: Kind
    package var shape: Shape
    /// In `params` or `state`; else its place among its kind.
    package var offset: Int
    /// Classes, where it holds class numbers.
    package var classes: Int?
    /// Whether each example has its own.
    package var isBatched: Bool
  }

  package struct Function: Sendable {
    package var kind: EntryKind
    package var symbol: String
    package var arguments: [EntryArgument]
    package var returnsReal: Bool
    /// Bytes.
    package var workspace: Int
    /// Arguments that it writes.
    package var written: Set<EntryArgument>
  }

  /// As C spells it: the prefix of all that the program defines.
  package var name: String
  package var macroPrefix: String
  package var precision: Precision
  package var batch: Int
  package var parameterCount: Int
  package var stateCount: Int
  package var optimizerCount: Int
  package var exampleStateCount: Int
  package var workspace: Int
  package var abi: Int
  package var modelHash: UInt64
  package var interfaceHash: UInt64
  /// Whether each function takes one more argument: a way to share work.
  package var isParallel: Bool
  package var tensors: [Tensor]
  package var functions: [Function]
  /// The rate that the model's recipe begins with.
  package var rate: Double

  package func function(_ kind: EntryKind) -> Function? { functions.first { $0.kind == kind } }

  package func tensors(_ kind: Tensor.Kind) -> [Tensor] { tensors.filter { $0.kind == kind } }

  /// The input, target or output that an argument is, or is the gradient by.
  package func tensor(_ argument: EntryArgument) -> Tensor? {
    switch argument {
    case .input(let index), .inputGradient(let index): tensors(.input)[index]
    case .target(let index), .targetGradient(let index): tensors(.target)[index]
    case .output(let index): tensors(.output)[index]
    default: nil
    }
  }
}

extension ProgramPrinter {
  func interface(hash: UInt64) -> ProgramInterface {
    let layout = program.layout
    let functions = zip(entries, workspaces).map { entry, workspace in
      let signature = entry.scope.signature
      return ProgramInterface.Function(
        kind: signature.kind, symbol: program.names.entry(signature.kind), arguments: signature.arguments,
        returnsReal: signature.returnsReal, workspace: workspace.bytes, written: Set(signature.arguments.filter(signature.writes)))
    }
    return ProgramInterface(
      name: program.names.prefix, macroPrefix: program.names.macroPrefix, precision: program.precision, batch: program.batch,
      parameterCount: layout.parameterCount, stateCount: layout.stateCount, optimizerCount: layout.optimizerCount,
      exampleStateCount: layout.exampleStateCount, workspace: workspaces.map(\.bytes).max() ?? 0, abi: Self.abi, modelHash: hash,
      interfaceHash: interfaceHash(of: hash), isParallel: program.isParallel, tensors: interfaceTensors, functions: functions,
      rate: program.model.recipe.optimizer.rate)
  }

  private var interfaceTensors: [ProgramInterface.Tensor] {
    let (model, layout) = (program.model, program.layout)
    var tensors = zip(model.parameters, layout.parameters).map { parameter, offset in
      ProgramInterface.Tensor(
        name: parameter.name, kind: .parameter, shape: parameter.shape, offset: offset, classes: nil, isBatched: false)
    }
    tensors += zip(model.states, layout.states).map { state, offset in
      ProgramInterface.Tensor(
        name: state.name, kind: .state, shape: state.type.shape, offset: offset, classes: nil, isBatched: state.type.isBatched)
    }
    for (kind, ports) in [(ProgramInterface.Tensor.Kind.input, model.inputs), (.target, model.targets)] {
      tensors += ports.enumerated().map { index, port in
        var classes: Int?
        if case .integer(let count) = port.type.element { classes = count }
        return ProgramInterface.Tensor(
          name: port.name, kind: kind, shape: port.type.shape, offset: index, classes: classes, isBatched: true)
      }
    }
    return tensors
      + model.outputs.enumerated().map { index, output in
        ProgramInterface.Tensor(
          name: output.name, kind: .output, shape: model.graph.shape(output.value), offset: index, classes: nil, isBatched: true)
      }
  }
}
