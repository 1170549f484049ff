/// What is done with the vector at the index.
extension LoopAssembler {
  /// Where the constants are in the table after the code.
  enum Table {
    static let one = 0
    static let sign = 8
    /// As many bytes of ones as a vector has, and as many zeros.
    static let lanes = 64

    /// Where the numbers begin that steps read, and what each takes: where an instruction cannot spread one over its lanes, a vector.
    static func numbers(_ machine: VectorMachine) -> Int { machine == .avx2 ? 128 : 16 }
    static func numberBytes(_ machine: VectorMachine) -> Int { machine == .avx2 ? machine.vectorBytes : 4 }
  }

  var table: [UInt8] {
    func bytes(_ bits: UInt64) -> [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: bits >> (8 * $0)) } }
    let one = isDouble ? (1.0 as Double).bitPattern : UInt64((1 as Float).bitPattern)
    var result = bytes(one) + bytes(isDouble ? 1 << 63 : 1 << 31)
    if machine == .avx2 {
      result += [UInt8](repeating: 0, count: 48) + [UInt8](repeating: 0xFF, count: 32) + [UInt8](repeating: 0, count: 32)
    }
    for number in single.steps.numbers {
      for _ in 0..<(Table.numberBytes(machine) / 4) { result += bytes(UInt64(number)).prefix(4) }
    }
    return result
  }

  mutating func loadConstants() {
    for (constant, register) in body.registers.constants.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      switch constant {
      case .zero: vector(arithmetic(0x57), register, register, .register(register))
      case .one: broadcast(register, .table(Table.one))
      case .sign: broadcast(register, .table(Table.sign))
      case .lanes, .outcome: break
      }
    }
  }
}

// MARK: Vectors

extension LoopAssembler {
  private var isDouble: Bool { loop.element == .f64 }

  private func arithmetic(_ code: UInt8, number: UInt8? = nil) -> VectorOpcode {
    VectorOpcode(prefix: isDouble ? 1 : 0, isWide: isDouble && machine == .avx512, code: code, number: number)
  }

  private mutating func vector(_ opcode: VectorOpcode, _ register: UInt8, _ first: UInt8?, _ last: VectorPlace) {
    switch machine {
    case .avx512: code.wide(opcode, register, first, last)
    case .avx2: code.narrow(opcode, register, first, last)
    }
  }

  mutating func load(_ register: UInt8, _ place: VectorPlace) { vector(arithmetic(0x10), register, nil, place) }

  private mutating func broadcast(_ register: UInt8, _ place: VectorPlace) {
    let opcode = VectorOpcode(map: 2, prefix: 1, isWide: isDouble && machine == .avx512, code: isDouble ? 0x19 : 0x18)
    vector(opcode, register, nil, place)
  }

  mutating func broadcast(_ stream: Int, from pointer: AddressRegister) {
    if let register = body.registers.values[stream] { broadcast(register, .memory(pointer, index: nil)) }
  }

  private func pointer(of stream: Int) -> AddressRegister {
    guard let pointer = pointers[stream] else { preconditionFailure("internal: an array without an address") }
    return pointer
  }

  func register(_ value: Int) -> UInt8 {
    guard let register = body.registers.values[value] else { preconditionFailure("internal: a value without a register") }
    return register
  }

  private func constant(_ constant: LoopConstant) -> UInt8 {
    guard let register = body.registers.constants[constant] else { preconditionFailure("internal: a constant without a register") }
    return register
  }

  /// One pass over the steps, for the vectors at the index.
  mutating func write(isMasked: Bool) {
    let body = body
    for (number, step) in body.steps.steps.enumerated() {
      for source in body.registers.loads[number] {
        let (array, vector) = (body.steps.sources[source].array, body.steps.sources[source].vector)
        readVector(register(source), at: place(pointer(of: array), vector), isMasked: isMasked)
      }
      switch step.operation {
      case .put(let array, let vector):
        writeVector(register(step.operands[0]), at: place(pointer(of: array), vector), isMasked: isMasked)
      case .sum(let sum): vector(arithmetic(0x58), register(sum), register(sum), .register(register(step.operands[0])))
      default: compute(step, register(body.steps.sources.count + number))
      }
    }
  }

  /// Where an array has its vector at the index, or one that follows.
  ///
  /// - Parameter pointer: holds the address of the array.
  func place(_ pointer: AddressRegister, _ vector: Int = 0) -> VectorPlace { .memory(pointer, index: Self.index, vector: vector) }

  mutating func readVector(_ target: UInt8, at place: VectorPlace, isMasked: Bool) {
    switch (machine, isMasked) {
    case (_, false): load(target, place)
    case (.avx512, true): code.wide(arithmetic(0x10), target, nil, place, mask: 1, zeroing: true)
    case (.avx2, true): code.narrow(maskedMove(0x2C), target, constant(.lanes), place)
    }
  }

  mutating func writeVector(_ source: UInt8, at place: VectorPlace, isMasked: Bool) {
    switch (machine, isMasked) {
    case (_, false): vector(arithmetic(0x11), source, nil, place)
    case (.avx512, true): code.wide(arithmetic(0x11), source, nil, place, mask: 1)
    case (.avx2, true): code.narrow(maskedMove(0x2E), source, constant(.lanes), place)
    }
  }

  private func maskedMove(_ code: UInt8) -> VectorOpcode {
    VectorOpcode(map: 2, prefix: 1, isWide: false, code: isDouble ? code + 1 : code)
  }

  private func register(_ operand: LoopStep.Operand) -> UInt8 {
    guard case .value(let value) = operand else { preconditionFailure("internal: a number where there can be none") }
    return register(value)
  }

  private func place(_ operand: LoopStep.Operand) -> VectorPlace {
    guard case .number(let bits) = operand else { return .register(register(operand)) }
    guard let offset = numbers[bits] else { preconditionFailure("internal: a number without a place") }
    return .table(offset)
  }

  /// An instruction with two operands, of which the last may be a number in the table.
  private mutating func combine(_ opcode: VectorOpcode, _ result: UInt8, _ x: [LoopStep.Operand]) {
    combine(opcode, result, register(x[0]), place(x[1]))
  }

  private mutating func combine(_ opcode: VectorOpcode, _ result: UInt8, _ first: UInt8, _ last: VectorPlace) {
    if machine == .avx512, case .table = last {
      code.wide(opcode, result, first, last, isSpread: true)
    } else {
      vector(opcode, result, first, last)
    }
  }

  /// A product of two operands and a sum with a third, which may be a number in the table. The instruction takes the result's register for one of the
  /// three: a factor, or the third.
  ///
  /// - Parameter isSubtracted: whether the product is.
  private mutating func fuse(_ result: UInt8, _ x: [LoopStep.Operand], isSubtracted: Bool = false) {
    func fused(_ code: UInt8) -> VectorOpcode {
      VectorOpcode(map: 2, prefix: 1, isWide: isDouble, code: isSubtracted ? code + 4 : code)
    }
    let (a, b, last) = (register(x[0]), register(x[1]), place(x[2]))
    if case .register(result) = last, result != a, result != b {
      vector(fused(0xB8), result, a, .register(b))
    } else if result == b {
      combine(fused(0xA8), result, a, last)
    } else {
      if result != a { load(result, .register(a)) }
      combine(fused(0xA8), result, b, last)
    }
  }

  private mutating func compute(_ step: LoopStep, _ result: UInt8) {
    let x = step.operands
    func whole(_ code: UInt8, number: UInt8? = nil) -> VectorOpcode { VectorOpcode(prefix: 1, isWide: false, code: code, number: number) }
    switch step.operation {
    case .plain(.add): combine(arithmetic(0x58), result, x)
    case .plain(.subtract): combine(arithmetic(0x5C), result, x)
    case .plain(.multiply): combine(arithmetic(0x59), result, x)
    case .plain(.divide): combine(arithmetic(0x5E), result, x)
    case .plain(let operation): compute(operation, result, x.map { register($0) })
    case .lesser: combine(arithmetic(0x5D), result, x)
    case .larger: combine(arithmetic(0x5F), result, x)
    case .whereLess: choose(result, where: (register(x[0]), .less, register(x[1])), register(x[2]), else: register(x[3]))
    case .whereEqual: choose(result, where: (register(x[0]), .equal, register(x[1])), register(x[2]), else: register(x[3]))
    case .and: combine(arithmetic(0x54), result, x)
    case .or: combine(arithmetic(0x56), result, x)
    case .exclusiveOr: combine(arithmetic(0x57), result, x)
    case .fused: fuse(result, x)
    case .fusedRest: fuse(result, x, isSubtracted: true)
    case .plus: combine(whole(0xFE), result, x)
    case .minus: combine(whole(0xFA), result, x)
    // What is shifted comes last, after the result; a number tells the direction.
    case .shiftLeft(let count): vector(whole(0x72, number: count), 6, result, place(x[0]))
    case .shiftRight(let count): vector(whole(0x72, number: count), 2, result, place(x[0]))
    case .real: vector(VectorOpcode(prefix: 0, isWide: false, code: 0x5B), result, nil, place(x[0]))
    case .number: broadcast(result, place(x[0]))
    case .put, .sum: preconditionFailure("internal: it has no result")
    }
  }

  private mutating func compute(_ operation: VectorLoop.Operation, _ result: UInt8, _ x: [UInt8]) {
    switch operation {
    case .square: vector(arithmetic(0x59), result, x[0], .register(x[0]))
    case .sqrt: vector(arithmetic(0x51), result, nil, .register(x[0]))
    case .negate: vector(arithmetic(0x57), result, x[0], .register(constant(.sign)))
    case .max, .min:
      // The processor's own gives the second where either is NaN.
      vector(arithmetic(operation == .max ? 0x5F : 0x5D), result, x[0], .register(x[1]))
      choose(result, where: (x[0], .unordered, x[0]), x[0], else: result)
    case .absolute:
      vector(arithmetic(0x5C), result, constant(.zero), .register(x[0]))
      choose(result, where: (constant(.zero), .less, x[0]), x[0], else: result)
    case .select: choose(result, where: (x[0], .notEqual, constant(.zero)), x[1], else: x[2])
    case .less: keep(constant(.one), result, where: (x[0], .less, x[1]))
    case .lessEqual: keep(constant(.one), result, where: (x[0], .lessEqual, x[1]))
    case .equal: keep(constant(.one), result, where: (x[0], .equal, x[1]))
    case .step: keep(constant(.one), result, where: (constant(.zero), .less, x[0]))
    case .relu: keep(x[0], result, where: (x[0], .notLessEqual, constant(.zero)))
    case .add, .subtract, .multiply, .divide, .exp, .log, .log1p, .sigmoid, .tanh, .erf, .put, .sum:
      preconditionFailure("internal: it is done elsewhere")
    }
  }

  /// What compares true; the last two with NaN too.
  private enum Comparison: UInt8 {
    case equal = 0
    case less = 1
    case lessEqual = 2
    case unordered = 3
    case notEqual = 4
    case notLessEqual = 6
  }

  private typealias Test = (UInt8, Comparison, UInt8)

  private mutating func compare(_ target: UInt8, _ test: Test) {
    vector(arithmetic(0xC2, number: test.1.rawValue), target, test.0, .register(test.2))
  }

  /// One of two, lane by lane.
  private mutating func choose(_ result: UInt8, where test: Test, _ first: UInt8, else second: UInt8) {
    switch machine {
    case .avx512:
      compare(2, test)
      code.wide(VectorOpcode(map: 2, prefix: 1, isWide: isDouble, code: 0x65), result, second, .register(first), mask: 2)
    case .avx2:
      compare(constant(.outcome), test)
      let opcode = VectorOpcode(map: 3, prefix: 1, isWide: false, code: isDouble ? 0x4B : 0x4A, number: constant(.outcome) << 4)
      code.narrow(opcode, result, second, .register(first))
    }
  }

  /// The value where the test holds, else 0.
  private mutating func keep(_ value: UInt8, _ result: UInt8, where test: Test) {
    switch machine {
    case .avx512:
      compare(2, test)
      code.wide(arithmetic(0x28), result, nil, .register(value), mask: 2, zeroing: true)
    case .avx2:
      compare(result, test)
      vector(arithmetic(0x54), result, result, .register(value))
    }
  }
}
