package import NNGraph
package import NNSchedule

/// One argument of an entry point.
package enum EntryArgument: Hashable, Sendable {
  case params, state, grads, optimizer
  /// The number of examples: `int`.
  case n
  case input(Int)
  case target(Int)
  case output(Int)
  /// The gradient by a real-valued input or target.
  case inputGradient(Int)
  case targetGradient(Int)
  case report(Int)
  case direction, product
  /// One real.
  case rate
  /// `unsigned long long`.
  case step, stream, seed
  case workspace
  /// A way to do several things at the same time; null is one after the other.
  case parallel
  /// In the array of a thunk only: where the result is written, one real.
  case result
}

/// What an entry point takes and gives.
package struct EntrySignature: Sendable {
  package let kind: EntryKind
  /// The arguments of the C function, in order.
  package let arguments: [EntryArgument]
  /// Whether it returns a real: the loss.
  package let returnsReal: Bool

  /// What the array of pointers handed to the thunk `NAME_ENTRY_call(void **arguments)` holds, in order: buffers as they are, numbers by address. It
  /// always has a place for the workspace, which `init` and `update` need on libtcc only, and one for the way to share work.
  package var thunk: [EntryArgument] {
    arguments + (arguments.contains(.workspace) ? [] : [.workspace]) + [.parallel] + (returnsReal ? [.result] : [])
  }

  package init(_ entry: CompiledEntry, of model: Model) {
    let program = entry.program
    kind = program.kind
    returnsReal = Self.lossKinds.contains(kind)
    let ports = Ports(program, model)
    arguments =
      Self.leading(kind, ports) + ports.read(kind) + Self.trailing(kind, ports) + (Self.worksAlone.contains(kind) ? [] : [.workspace])
  }

  private static let lossKinds: Set<EntryKind> = [.loss, .grad, .step, .gradInputs, .jvp, .hvp]
  private static let worksAlone: Set<EntryKind> = [.initialize, .update, .predictStart]

  private static func leading(_ kind: EntryKind, _ ports: Ports) -> [EntryArgument] {
    switch kind {
    case .initialize: [.params, .state, .seed]
    case .update: [.params, .optimizer, .grads, .rate, .step]
    case .step: [.params, .state, .optimizer, .n]
    case .predict, .predictBatch, .predictStart:
      (ports.hasExampleStates ? [.state] : []) + (kind == .predictBatch ? [.n] : [])
    case .infer, .loss, .grad, .gradInputs, .jvp, .hvp, .evaluate, .inspect, .survey: [.params, .state, .n]
    }
  }

  private static func trailing(_ kind: EntryKind, _ ports: Ports) -> [EntryArgument] {
    switch kind {
    case .initialize, .update, .loss, .predictStart: []
    case .infer, .predict, .predictBatch: ports.outputs
    case .grad: [.grads, .stream]
    case .step: [.rate, .step, .stream]
    case .gradInputs: [.grads] + ports.gradients + [.stream]
    case .jvp, .hvp: [.direction, .product, .stream]
    case .evaluate, .inspect, .survey: [.stream] + ports.reports
    }
  }

  /// Whether the entry writes what the argument points to.
  func writes(_ argument: EntryArgument) -> Bool {
    switch argument {
    case .params: [.initialize, .step, .update].contains(kind)
    case .state: ![.loss, .jvp, .hvp, .survey].contains(kind)
    case .grads: kind != .update
    case .optimizer, .output, .inputGradient, .targetGradient, .report, .product, .workspace, .result: true
    case .n, .input, .target, .direction, .rate, .step, .stream, .seed, .parallel: false
    }
  }
}

/// The inputs, targets and outputs of a model that one entry deals with.
private struct Ports {
  let program: EntryProgram
  let model: Model

  init(_ program: EntryProgram, _ model: Model) {
    self.program = program
    self.model = model
  }

  /// Inference takes what its outputs depend on; the others take all, so that a change in the loss does not change who is called how.
  func read(_ kind: EntryKind) -> [EntryArgument] {
    if kind == .initialize || kind == .update || kind == .predictStart { return [] }
    let needed = kind == .infer || kind.isPrediction ? usedPorts : nil
    let inputs = model.inputs.indices.map(EntryArgument.input)
    let targets = model.targets.indices.map(EntryArgument.target)
    return (inputs + targets).filter { needed?.contains($0) ?? true }
  }

  private var usedPorts: Set<EntryArgument> {
    let isReached = program.graph.reachable(from: program.roots)
    var used: Set<EntryArgument> = []
    for (node, isUsed) in zip(program.graph.nodes, isReached) where isUsed {
      guard case .source(let argument) = node.operation.lowering else { continue }
      if argument.role == .input { used.insert(.input(argument.index)) }
      if argument.role == .target { used.insert(.target(argument.index)) }
    }
    return used
  }

  var hasExampleStates: Bool { model.states.contains(where: \.type.isBatched) }

  var outputs: [EntryArgument] { model.outputs.indices.map(EntryArgument.output) }

  var reports: [EntryArgument] { program.reports.indices.map(EntryArgument.report) }

  /// One buffer for each real-valued input, and for those targets whose gradient the entry was asked for.
  var gradients: [EntryArgument] {
    let inputs = model.inputs.indices.filter { model.inputs[$0].type.element == .real }.map(EntryArgument.inputGradient)
    let stored = Set(program.stores.map(\.destination))
    return inputs + model.targets.indices.filter { stored.contains(.targetGradient($0)) }.map(EntryArgument.targetGradient)
  }
}
