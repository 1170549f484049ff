/// The vector instructions that loops are assembled for. Raw values are the names of the variants of the precompiled kernels.
package enum VectorMachine: String, Sendable {
  case avx512, avx2

  var vectorBytes: Int { self == .avx512 ? 64 : 32 }
  var registers: Int { self == .avx512 ? 32 : 16 }

  /// Whether there are registers enough for everything in the loop.
  package func fits(_ loop: VectorLoop) -> Bool {
    loop.streams.count { $0.isWalked } <= LoopAssembler.mostArrays && LoopRegisters(loop, self) != nil
  }

  /// A function in machine code that can stand anywhere: its arguments are those of the loop.
  package func assemble(_ loop: VectorLoop) -> [UInt8]? {
    guard fits(loop), let registers = LoopRegisters(loop, self) else { return nil }
    var assembler = LoopAssembler(loop, self, registers)
    return assembler.assemble()
  }
}

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
  init?(_ loop: VectorLoop, _ machine: VectorMachine) {
    free = (0..<UInt8(machine.registers)).reversed()
    let constants = loop.constants(machine)
    let fixed = loop.streams.indices.filter { [.number, .row].contains(loop.streams[$0]) }
    guard constants.count + fixed.count < free.count else { return nil }
    for constant in constants { self.constants[constant] = free.removeLast() }
    for stream in fixed { values[stream] = free.removeLast() }
    guard place(loop, Set(fixed)) else { return nil }
  }

  private mutating func place(_ loop: VectorLoop, _ fixed: Set<Int>) -> Bool {
    var last: [Int: Int] = [:]
    for (index, instruction) in loop.instructions.enumerated() { for id in instruction.reads { last[id] = index } }
    for (index, instruction) in loop.instructions.enumerated() {
      // An array that is updated is read before it is written.
      let target = instruction.operation == .put ? instruction.operands[1] : nil
      let overwritten = target.flatMap { last[$0] != nil ? $0 : nil }
      for id in instruction.reads + (overwritten.map { [$0] } ?? []) where values[id] == nil {
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
