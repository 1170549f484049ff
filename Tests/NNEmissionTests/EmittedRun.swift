import Foundation
import NNEmission
import NNExecution
import NNGraph
import NNSchedule
import NNSource

/// An emitted program with buffers around it that notice what should not be touched.
struct EmittedRun {
  enum Compiler: String, CaseIterable, Sendable {
    case tcc, gcc, clang
  }

  let compiled: CompiledModel
  let emitted: JitProgram
  private let program: LoadedProgram
  /// Who shares the work; nil is nobody.
  var pool: WorkerPool?

  init(_ compiled: CompiledModel, _ compiler: Compiler, sources: SourceMap = SourceMap(), instructionSet: String? = nil) throws {
    self.compiled = compiled
    switch compiler {
    case .tcc:
      let kernels = try KernelSymbols(instructionSet: instructionSet)
      emitted = Emitter.jit(compiled, sources: sources, loops: kernels.machine)
      program = try TinyCompiler(kernels).compile(emitted.source)
    case .gcc, .clang:
      emitted = Emitter.native(compiled, sources: sources)
      program = try SystemCompiler(
        compiler: compiler == .gcc ? Tools.gcc : Tools.clang, cacheFolder: NSTemporaryDirectory() + "nncc-emission-tests"
      ).compile(
        emitted.source)
    }
  }

  /// What a call leaves behind: the bits of every real it wrote, and its result.
  struct Outcome: Equatable {
    var result: [UInt64] = []
    var buffers: [EntryArgument: [UInt64]] = [:]
    var problems: [String] = []
  }

  /// The numbers that a call is given, and those that are not the model's.
  struct Call {
    var arguments: [Argument: [Double]]
    var examples: Int
    var rate = 0.1
    var step: UInt64 = 3
    var stream: UInt64 = 0x0000_0007_0000_0010
  }

  private var isDouble: Bool { compiled.precision == .f64 }

  func run(_ kind: EntryKind, _ call: Call) throws -> Outcome {
    guard let entry = emitted.entry(kind) else { return Outcome(problems: ["no entry \(kind.rawValue)"]) }
    var guarded: [EntryArgument: GuardedBuffer] = [:]
    for argument in entry.signature.thunk where argument != .parallel { guarded[argument] = try buffer(argument, entry, call) }
    let pointers = entry.signature.thunk.map { $0 == .parallel ? pool?.address : guarded[$0]?.pointer }
    try program.entry(entry.symbol).call(pointers)
    var outcome = Outcome()
    for argument in entry.signature.thunk {
      guard let buffer = guarded[argument] else { continue }
      if let problem = buffer.problem { outcome.problems.append("\(argument): \(problem)") }
      if argument == .result {
        outcome.result = buffer.bits(isDouble: isDouble)
      } else if argument.holdsReals, !(compiled.isInteger(argument)) {
        outcome.buffers[argument] = buffer.bits(isDouble: isDouble)
      }
    }
    return outcome
  }

  /// The bits of the caller's buffers before a call.
  func contents(_ kind: EntryKind, _ call: Call) throws -> [EntryArgument: [UInt64]] {
    guard let entry = emitted.entry(kind) else { return [:] }
    var bits: [EntryArgument: [UInt64]] = [:]
    for argument in entry.signature.thunk where argument.holdsReals && !compiled.isInteger(argument) {
      bits[argument] = try buffer(argument, entry, call).bits(isDouble: isDouble)
    }
    return bits
  }

  private func buffer(_ argument: EntryArgument, _ entry: JitProgram.Entry, _ call: Call) throws -> GuardedBuffer {
    switch argument {
    case .n: return try GuardedBuffer([Int32(truncatingIfNeeded: call.examples)])
    case .rate: return try reals([call.rate])
    case .step: return try GuardedBuffer([call.step])
    case .stream, .seed: return try GuardedBuffer([call.stream])
    case .workspace: return try GuardedBuffer(count: entry.workspaceBytes + (pool?.lanes ?? 0) * entry.laneBytes, misaligned: true)
    case .result: return try reals([.nan])
    default: break
    }
    let numbers = contents(argument, entry.kind, call)
    return compiled.isInteger(argument) ? try GuardedBuffer(numbers.map { Int32($0) }) : try reals(numbers)
  }

  private func reals(_ numbers: [Double]) throws -> GuardedBuffer {
    isDouble ? try GuardedBuffer(numbers) : try GuardedBuffer(numbers.map { Float($0) })
  }

  /// What a buffer of the interface holds before the call; NaN where nothing is given.
  private func contents(_ argument: EntryArgument, _ kind: EntryKind, _ call: Call) -> [Double] {
    let (model, layout, batch) = (compiled.model, compiled.layout, compiled.batch)
    func laidOut(_ role: Argument.Role, _ count: Int, _ offsets: [Int], slot: Int = 0, base: Int = 0, into result: inout [Double]) {
      for (index, offset) in offsets.enumerated() {
        for (place, number) in (call.arguments[Argument(role, index, slot: slot)] ?? []).enumerated() {
          result[base + offset + place] = number
        }
      }
    }
    switch argument {
    case .params, .grads, .direction, .product:
      var result = [Double](repeating: .nan, count: layout.parameterCount)
      let role: Argument.Role = argument == .params ? .parameter : argument == .grads ? .gradient : .direction
      if argument != .product { laidOut(role, layout.parameterCount, layout.parameters, into: &result) }
      return argument == .product && result.isEmpty ? [.nan] : result
    case .optimizer:
      var result = [Double](repeating: .nan, count: layout.optimizerCount)
      for slot in 0..<layout.slots {
        laidOut(.slot, layout.optimizerCount, layout.parameters, slot: slot, base: slot * layout.parameterCount, into: &result)
      }
      return result
    case .state:
      var result = [Double](repeating: .nan, count: layout.stateCount)
      laidOut(.state, layout.stateCount, layout.states, into: &result)
      return result
    case .input(let index): return padded(call.arguments[Argument(.input, index)] ?? [], model.inputs[index].type, batch)
    case .target(let index): return padded(call.arguments[Argument(.target, index)] ?? [], model.targets[index].type, batch)
    case .output(let index): return [Double](repeating: .nan, count: batch * model.graph.shape(model.outputs[index].value).count)
    case .inputGradient(let index): return [Double](repeating: .nan, count: batch * model.inputs[index].type.shape.count)
    case .targetGradient(let index): return [Double](repeating: .nan, count: batch * model.targets[index].type.shape.count)
    case .report(let index):
      let type = reports(kind)[index].type
      return [Double](repeating: .nan, count: type.shape.count * (type.isBatched ? batch : 1))
    case .n, .rate, .step, .stream, .seed, .workspace, .parallel, .result: return []
    }
  }

  private func reports(_ kind: EntryKind) -> [EntryProgram.Report] {
    compiled.entries.first { $0.kind == kind }?.program.reports ?? []
  }

  /// Room for the largest batch.
  private func padded(_ numbers: [Double], _ type: ValueType, _ batch: Int) -> [Double] {
    numbers + [Double](repeating: 0, count: max(0, batch * type.shape.count - numbers.count))
  }
}

extension EntryArgument {
  /// Whether the caller's buffer holds reals (or class numbers).
  var holdsReals: Bool {
    switch self {
    case .n, .rate, .step, .stream, .seed, .workspace, .parallel, .result: false
    default: true
    }
  }
}

extension CompiledModel {
  func isInteger(_ argument: EntryArgument) -> Bool {
    let type: ValueType? =
      switch argument {
      case .input(let index): model.inputs[index].type
      case .target(let index): model.targets[index].type
      default: nil
      }
    guard case .integer? = type?.element else { return false }
    return true
  }

  /// Where a destination lies: its buffer and the first element of it.
  func place(_ destination: Destination, kind: EntryKind) -> (argument: EntryArgument, offset: Int) {
    switch destination {
    case .parameter(let index): (.params, layout.parameters[index])
    case .state(let index): (.state, layout.states[index])
    case .gradient(let index): (.grads, layout.parameters[index])
    case .slot(let index, let slot): (.optimizer, slot * layout.parameterCount + layout.parameters[index])
    case .output(let index): (.output(index), 0)
    case .inputGradient(let index): (.inputGradient(index), 0)
    case .targetGradient(let index): (.targetGradient(index), 0)
    case .product(let index): (.product, kind == .jvp ? 0 : layout.parameters[index])
    case .report(let index): (.report(index), 0)
    }
  }
}
