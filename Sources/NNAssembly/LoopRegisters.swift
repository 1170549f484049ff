/// Numbers that operations need for themselves.
enum LoopConstant: Int, CaseIterable {
  case zero, one, sign
  /// Lanes of the last vector, and the outcome of a comparison, where there are no registers for masks.
  case lanes, outcome
}

/// Which register holds what.
struct LoopRegisters {
  /// Of each array's vector, then of each result; nil for arrays that are not read.
  private(set) var values: [UInt8?]
  private(set) var constants: [LoopConstant: UInt8] = [:]
  /// The arrays that each instruction is the first to read.
  private(set) var loads: [[Int]]

  private var free: [UInt8]

  /// Nil where there are too few.
  ///
  /// - Parameter readsFirst: whether every array is read before anything is written.
  init?(_ loop: VectorLoop, _ machine: VectorMachine, readsFirst: Bool = false) {
    free = (0..<UInt8(machine.registers)).reversed()
    values = Array(repeating: nil, count: loop.streams.count + loop.instructions.count)
    loads = Array(repeating: [], count: loop.instructions.count)
    let constants = loop.constants(machine)
    guard constants.count + loop.streams.count(where: { $0.isFixed }) < free.count else { return nil }
    for constant in constants { self.constants[constant] = free.removeLast() }
    for stream in loop.streams.indices where loop.streams[stream].isFixed { values[stream] = free.removeLast() }
    guard place(loop, readsFirst: readsFirst) else { return nil }
  }

  private mutating func place(_ loop: VectorLoop, readsFirst: Bool) -> Bool {
    /// The last instruction that reads each value.
    var last = [Int](repeating: -1, count: values.count)
    for (index, instruction) in loop.instructions.enumerated() { for id in instruction.reads { last[id] = index } }
    for (index, instruction) in loop.instructions.enumerated() {
      for id in instruction.reads { guard load(id, at: index) else { return false } }
      if instruction.operation.hasResult {
        let result = loop.streams.count + index
        guard let register = free.popLast() else { return false }
        values[result] = register
        if last[result] < 0 { free.append(register) }
      } else if instruction.operation == .put {
        // An array that is read later on must be read before it is written.
        let overwritten = readsFirst ? 0..<loop.streams.count : instruction.operands[1]..<(instruction.operands[1] + 1)
        for id in overwritten where last[id] >= 0 { guard load(id, at: index) else { return false } }
      }
      for id in instruction.reads where last[id] == index {
        last[id] = -1
        let isFixed = id < loop.streams.count && loop.streams[id].isFixed
        if let register = values[id], !isFixed { free.append(register) }
      }
    }
    return true
  }

  /// Gives an array that is not in a register yet one.
  private mutating func load(_ id: Int, at instruction: Int) -> Bool {
    if values[id] != nil { return true }
    guard let register = free.popLast() else { return false }
    values[id] = register
    loads[instruction].append(id)
    return true
  }
}

extension VectorLoop.Stream {
  /// Whether a register is its own through the whole loop: it holds the same for all columns, or sums of one vector of them.
  fileprivate var isFixed: Bool { self == .number || self == .row || self == .sum }
}

extension VectorLoop.Instruction {
  var reads: ArraySlice<Int> { operands.prefix(operation.hasResult ? operands.count : 1) }
}

extension VectorLoop {
  fileprivate func constants(_ machine: VectorMachine) -> [LoopConstant] {
    var result: Set<LoopConstant> = machine == .avx2 ? [.lanes] : []
    for instruction in instructions {
      switch instruction.operation {
      case .absolute, .select, .relu: result.insert(.zero)
      case .step: result.formUnion([.zero, .one])
      case .less, .lessEqual, .equal: result.insert(.one)
      case .negate: result.insert(.sign)
      default: break
      }
      if machine == .avx2, [.absolute, .select, .relu, .max, .min].contains(instruction.operation) { result.insert(.outcome) }
    }
    return LoopConstant.allCases.filter(result.contains)
  }
}
