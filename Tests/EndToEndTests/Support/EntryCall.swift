import NNEmission
import NNExecution
import NNGraph
import NNSchedule

/// One call of an entry on memory of its own: nothing is aligned more than it has to be, and all that is not handed in is not a number.
struct EntryCall {
  private let compiled: CompiledModel
  private let entry: CompiledEntry
  private let signature: EntrySignature
  private let numbers: CallNumbers
  private(set) var memory: [EntryArgument: GuardedMemory] = [:]

  /// - Parameter room: examples that buffers have room for; those that the call has by default.
  init(_ entry: CompiledEntry, of compiled: CompiledModel, workspaceBytes: Int, numbers: CallNumbers, room: Int? = nil, shift: Int = 0) {
    self.compiled = compiled
    self.entry = entry
    self.numbers = numbers
    signature = EntrySignature(entry, of: compiled.model)
    for (place, argument) in signature.thunk.enumerated() where argument != .parallel {
      let needed = argument == .workspace ? workspaceBytes : byteCount(argument, room: room ?? numbers.n)
      let step = argument == .workspace ? 1 : max(precision.bytes, argument.isLong ? 8 : 1)
      memory[argument] = GuardedMemory(byteCount: needed, shift: (shift + 5 * place) * step)
      fill(argument)
    }
  }

  private var precision: Precision { compiled.precision }
  private var layout: Layout { compiled.layout }
  private var model: Model { compiled.model }

  /// What the call left in memory; the result is an argument too.
  struct Outcome: Equatable {
    var bytes: [EntryArgument: [UInt8]]
    var damaged: [EntryArgument]
  }

  /// What memory holds now, but for the workspace.
  var state: Outcome {
    Outcome(
      bytes: memory.filter { $0.key != .workspace }.mapValues(\.bytes),
      damaged: signature.thunk.filter { memory[$0]?.isIntact == false })
  }

  func run(_ function: EntryPoint) -> Outcome {
    function.call(signature.thunk.map { memory[$0]?.address })
    return state
  }

  /// Fills what is only written with zeros.
  func clearResults() {
    for (argument, buffer) in memory {
      switch argument {
      case .output, .report, .result: buffer.write([Double](repeating: 0, count: buffer.byteCount / precision.bytes), precision)
      default: break
      }
    }
  }

  // MARK: Memory

  private func byteCount(_ argument: EntryArgument, room: Int) -> Int {
    func reals(_ type: ValueType) -> Int { type.shape.count * (type.isBatched ? room : 1) * precision.bytes }
    switch argument {
    case .params, .grads, .direction: return layout.parameterCount * precision.bytes
    case .product: return max(layout.parameterCount, 1) * precision.bytes
    case .optimizer: return layout.optimizerCount * precision.bytes
    case .state: return (entry.kind.isPrediction ? layout.exampleStateCount : layout.stateCount) * precision.bytes
    case .n: return 4
    case .rate, .result: return precision.bytes
    case .step, .stream, .seed: return 8
    case .input(let index): return port(model.inputs[index].type, room)
    case .target(let index): return port(model.targets[index].type, room)
    case .inputGradient(let index): return reals(model.inputs[index].type)
    case .targetGradient(let index): return reals(model.targets[index].type)
    case .output(let index): return model.graph.shape(model.outputs[index].value).count * room * precision.bytes
    case .report(let index): return reals(entry.program.reports[index].type)
    case .workspace, .parallel: return 0
    }
  }

  private func port(_ type: ValueType, _ room: Int) -> Int {
    type.shape.count * room * (type.element == .real ? precision.bytes : 4)
  }

  private func fill(_ argument: EntryArgument) {
    guard let buffer = memory[argument] else { return }
    switch argument {
    case .params: writeParameters(.parameter, buffer)
    case .direction: writeParameters(.direction, buffer)
    case .grads where entry.kind == .update: writeParameters(.gradient, buffer)
    case .optimizer: for slot in 0..<layout.slots { writeParameters(.slot, buffer, slot: slot) }
    case .state: writeStates(buffer)
    case .input(let index): write(values(.input, index), model.inputs[index].type, buffer)
    case .target(let index): write(values(.target, index), model.targets[index].type, buffer)
    case .n: buffer.write(single: Int32(numbers.n))
    case .rate: buffer.write([numbers.rate], precision)
    case .step: buffer.write(single: numbers.step)
    case .stream: buffer.write(single: numbers.stream)
    case .seed: buffer.write(single: numbers.seed)
    case .grads, .output, .inputGradient, .targetGradient, .report, .product, .workspace, .parallel, .result: break
    }
  }

  private func writeStates(_ buffer: GuardedMemory) {
    let places = entry.kind.isPrediction ? layout.exampleStates : layout.states
    for (index, place) in places.enumerated() where !entry.kind.isPrediction || model.states[index].type.isBatched {
      buffer.write(values(.state, index), at: place, precision)
    }
  }

  private func values(_ role: Argument.Role, _ index: Int, slot: Int = 0) -> [Double] {
    numbers.values[Argument(role, index, slot: slot)] ?? []
  }

  private func writeParameters(_ role: Argument.Role, _ buffer: GuardedMemory, slot: Int = 0) {
    for (index, place) in layout.parameters.enumerated() {
      buffer.write(values(role, index, slot: slot), at: slot * layout.parameterCount + place, precision)
    }
  }

  private func write(_ numbers: [Double], _ type: ValueType, _ buffer: GuardedMemory) {
    if type.element == .real { buffer.write(numbers, precision) } else { buffer.write(integers: numbers.map { Int($0) }) }
  }
}

extension EntryArgument {
  fileprivate var isLong: Bool { self == .step || self == .stream || self == .seed }
}
