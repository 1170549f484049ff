import NNEmission
import NNExecution
package import NNGraph
import NNOperations
package import NNSchedule

/// A model at work: its code and its memory. Two instances share nothing.
package final class ModelInstance {
  package let compiled: CompiledModel
  /// From the model to code that can be called, in microseconds.
  package let compileMicroseconds: Int
  /// What made the code that runs now.
  package private(set) var compilerName: String
  private(set) var memory: InstanceMemory
  private let program: CompiledProgram
  private let image: ProgramImage
  private let pool: WorkerPool?
  /// Where the program notes how long its steps take, if it does.
  let marks: StepMarks?
  private var workspace: AlignedBuffer
  private var entries: [BoundEntry] = []
  /// Their calls, each at the place of its kind: that of a small net is over sooner than a dictionary is asked.
  private var calls: [BoundEntry.Call?] = []
  /// Which arguments of which entries are examples.
  private var portArguments: [(entry: BoundEntry, argument: Int, port: Int)] = []
  private var reportBuffers: [EntryKind: [RealBuffer]] = [:]
  /// What `state` is before the first example.
  private let initialState: RealBuffer

  /// - Parameters:
  ///   - entries: those that will be called; `init` comes with them.
  ///   - batch: the most examples that a call takes.
  ///   - isProfiled: whether the program notes how long its steps take.
  package init(_ setup: ModelSetup, entries: [EntryKind], batch: Int, isProfiled: Bool = false) throws {
    let clock = ContinuousClock.now
    let kinds = EntryKind.allCases.filter { $0 == .initialize || entries.contains($0) }
    compiled = try setup.compile(kinds, batch: batch)
    let kernels = try KernelSymbols()
    image = ProgramImage(compiled, sources: setup.sources, loops: kernels.machine, isProfiled: isProfiled)
    program = try ProgramCompiler(setup.compiler, tinyCompiler: TinyCompiler(kernels)).compile(image.text)
    compileMicroseconds = (ContinuousClock.now - clock).microseconds
    compilerName = program.program.compiler
    let first = image.first(for: setup.compiler)
    let steps = compiled.entries.map(\.schedule.steps.count).max() ?? 0
    marks = isProfiled ? try StepMarks(pool: WorkerPool(lanes: setup.lanes), steps: steps) : nil
    pool = try marks?.pool ?? setup.pool(for: first)
    memory = try InstanceMemory(compiled)
    workspace = try AlignedBuffer(byteCount: 0)
    initialState = try RealBuffer(count: compiled.layout.stateCount, precision: setup.precision)
    for entry in compiled.entries {
      reportBuffers[entry.kind] = try entry.program.reports.map { report in
        try RealBuffer(count: report.type.elements(batch: batch), precision: setup.precision)
      }
    }
    try bind(program.program, of: first)
  }

  package var model: Model { compiled.model }
  package var precision: Precision { compiled.precision }
  package var batch: Int { compiled.batch }
  /// Of the largest entry.
  package var workspaceBytes: Int { workspace.byteCount }

  // MARK: Calls

  /// Sets parameters and states to what they start from.
  package func initialize(seed: UInt64) {
    memory.scalars.set(seed: seed)
    call(.initialize)
    initialState.copy(memory.state)
    memory.optimizer.clear()
  }

  /// Lets the states of examples start anew; what a layer has learnt about the data stays.
  func restartExamples() {
    for (index, slot) in model.states.enumerated() where slot.type.isBatched {
      let start = compiled.layout.states[index]
      memory.state.copy(initialState, elements: start..<(start + slot.type.elements(batch: batch)))
    }
  }

  /// Copies the parameters and states of an instance of the same model for as many examples.
  func takeOver(_ other: ModelInstance) {
    memory.parameters.copy(other.memory.parameters)
    memory.state.copy(other.memory.state)
    initialState.copy(other.initialState)
  }

  /// One step of training on the first `count` examples in the buffers. Nothing changes where the loss, which is returned, is not finite.
  func step(count: Int, rate: Double, step: UInt64, stream: UInt64) -> Double {
    memory.scalars.set(count: count)
    memory.scalars.set(rate: rate)
    memory.scalars.set(step: step)
    memory.scalars.set(stream: stream)
    return call(.step)
  }

  /// The loss as in training, and its gradient.
  func gradient(count: Int, stream: UInt64) -> Double {
    memory.scalars.set(count: count)
    memory.scalars.set(stream: stream)
    return call(.grad)
  }

  /// The loss in use.
  func loss(count: Int) -> Double {
    memory.scalars.set(count: count)
    return call(.loss)
  }

  /// The loss as in training; the product of its gradient (`jvp`) or its Hessian (`hvp`) with the direction in memory is then in memory too, all NaN if
  /// the loss is not finite.
  func derivative(_ kind: EntryKind, count: Int, stream: UInt64) -> Double {
    memory.scalars.set(count: count)
    memory.scalars.set(stream: stream)
    let loss = call(kind)
    if !loss.isFinite { memory.product.fill(.nan) }
    return loss
  }

  func infer(count: Int) {
    memory.scalars.set(count: count)
    call(.infer)
  }

  /// Fills the reports of `evaluate`, `inspect` or `survey`.
  func report(_ kind: EntryKind, count: Int, stream: UInt64 = 0) -> [RealBuffer] {
    memory.scalars.set(count: count)
    memory.scalars.set(stream: stream)
    call(kind)
    return reportBuffers[kind] ?? []
  }

  func reports(of kind: EntryKind) -> [EntryProgram.Report] {
    compiled.entries.first { $0.kind == kind }?.program.reports ?? []
  }

  @discardableResult
  private func call(_ kind: EntryKind) -> Double {
    guard let call = calls[kind.place] else { preconditionFailure("the entry '\(kind.rawValue)' was not compiled") }
    call()
    return memory.scalars.result
  }

  // MARK: Code

  /// Takes over faster code for the same program if it is ready. To be called between two steps.
  func takeReplacement() -> TrainingEvent? {
    switch program.poll() {
    case .none: return nil
    case .failed(let error): return .warned("the system's compiler is of no help, so libtcc's code stays: \(error)")
    case .ready(let faster):
      do {
        try bind(faster, of: image.optimised)
        compilerName = faster.compiler
        return .swapped(compiler: faster.compiler)
      } catch {
        return .warned("the system's compiler is of no help, so libtcc's code stays: \(error)")
      }
    }
  }

  /// Lays out the arguments of every entry for code of one flavour, which has a workspace of its own size.
  private func bind(_ code: LoadedProgram, of text: JitProgram) throws {
    let needed = text.entries.map { $0.workspaceBytes + (pool?.lanes ?? 0) * $0.laneBytes }.max() ?? 0
    let room = needed > workspace.byteCount ? try AlignedBuffer(byteCount: needed) : workspace
    var bound: [BoundEntry] = []
    for entry in text.entries {
      let arguments = entry.signature.thunk.map { address(of: $0, in: entry.kind, workspace: room) }
      bound.append(try BoundEntry(entry.kind, code.entry(entry.symbol), arguments: arguments))
    }
    workspace = room
    entries = bound
    calls = EntryKind.allCases.map { kind in bound.first { $0.kind == kind }?.call }
    portArguments = zip(bound, text.entries).flatMap { entry, printed in
      printed.signature.thunk.enumerated().compactMap { index, argument in port(of: argument).map { (entry, index, $0) } }
    }
  }

  /// Takes examples from other buffers of the same size from now on.
  func use(_ examples: BatchBuffers) {
    memory.examples = examples
    for (entry, argument, port) in portArguments { entry.replace(argument, by: examples.address(ofPort: port)) }
  }

  /// Counts inputs, then targets; nil for an argument that is no example.
  private func port(of argument: EntryArgument) -> Int? {
    switch argument {
    case .input(let index): index
    case .target(let index): model.inputs.count + index
    default: nil
    }
  }

  private func address(of argument: EntryArgument, in kind: EntryKind, workspace: AlignedBuffer) -> UnsafeMutableRawPointer? {
    switch argument {
    case .params: memory.parameters.address
    case .state: memory.state.address
    case .grads: memory.gradients.address
    case .optimizer: memory.optimizer.address
    case .direction: memory.direction.address
    case .product: memory.product.address
    case .input, .target: port(of: argument).map(memory.examples.address(ofPort:))
    case .output(let index): memory.outputs[index].address
    case .inputGradient(let index): memory.inputGradients[index]?.address
    case .targetGradient(let index): memory.targetGradients[index]?.address
    case .report(let index): reportBuffers[kind]?[index].address
    case .n: memory.scalars.countAddress
    case .rate: memory.scalars.rateAddress
    case .step: memory.scalars.stepAddress
    case .stream: memory.scalars.streamAddress
    case .seed: memory.scalars.seedAddress
    case .result: memory.scalars.resultAddress
    case .workspace: workspace.address
    case .parallel: marks?.address ?? pool?.address
    }
  }
}

extension ValueType {
  /// In a call of `batch` examples.
  func elements(batch: Int) -> Int { shape.count * (isBatched ? batch : 1) }
}

extension Duration {
  var microseconds: Int {
    Int(components.seconds) * 1_000_000 + Int(components.attoseconds / 1_000_000_000_000)
  }

  var inSeconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
