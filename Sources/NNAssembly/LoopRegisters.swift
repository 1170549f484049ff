/// Numbers that operations need for themselves.
enum LoopConstant: Int, CaseIterable {
  case zero, one, sign
  /// Lanes of the last vector, and the outcome of a comparison, where there are no registers for masks.
  case lanes, outcome
}

/// Which register holds what.
struct LoopRegisters {
  /// Of each array's vector and each result.
  private(set) var values: [Int: UInt8] = [:]
  private(set) var constants: [LoopConstant: UInt8] = [:]
  /// The arrays that an instruction reads first, by the instruction.
  private(set) var loads: [Int: [Int]] = [:]

  private var free: [UInt8]

  /// Nil where there are too few.
  ///
  /// - Parameter readsFirst: whether every array is read before anything is written.
  init?(_ loop: VectorLoop, _ machine: VectorMachine, readsFirst: Bool = false) {
    free = (0..<UInt8(machine.registers)).reversed()
    let constants = loop.constants(machine)
    let fixed = loop.streams.indices.filter { [.number, .row].contains(loop.streams[$0]) }
    guard constants.count + fixed.count < free.count else { return nil }
    for constant in constants { self.constants[constant] = free.removeLast() }
    for stream in fixed { values[stream] = free.removeLast() }
    guard place(loop, Set(fixed), readsFirst: readsFirst) else { return nil }
  }

  private mutating func place(_ loop: VectorLoop, _ fixed: Set<Int>, readsFirst: Bool) -> Bool {
    var last: [Int: Int] = [:]
    for (index, instruction) in loop.instructions.enumerated() { for id in instruction.reads { last[id] = index } }
    for (index, instruction) in loop.instructions.enumerated() {
      for id in instruction.reads + overwritten(instruction, loop, readsFirst: readsFirst) where values[id] == nil && last[id] != nil {
        guard let register = free.popLast() else { return false }
        values[id] = register
        loads[index, default: []].append(id)
      }
      let result = loop.streams.count + index
      if instruction.operation != .put {
        guard let register = free.popLast() else { return false }
        values[result] = register
        if last[result] == nil { free.append(register) }
      }
      for id in Set(instruction.reads).subtracting(fixed) where last[id] == index {
        if let register = values[id] { free.append(register) }
      }
    }
    return true
  }
}

extension LoopRegisters {
  /// Arrays that have to be read before this instruction: it may write to them.
  private func overwritten(_ instruction: VectorLoop.Instruction, _ loop: VectorLoop, readsFirst: Bool) -> [Int] {
    guard instruction.operation == .put else { return [] }
    return readsFirst ? Array(loop.streams.indices) : [instruction.operands[1]]
  }
}

extension VectorLoop.Instruction {
  var reads: [Int] { operation == .put ? [operands[0]] : operands }
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
