/// What is done with the vector at the index.
extension LoopAssembler {
  /// Where the constants are in the table after the code.
  enum Table {
    static let one = 0
    static let sign = 8
    /// As many bytes of ones as a vector has, and as many zeros.
    static let lanes = 64
  }

  var table: [UInt8] {
    func bytes(_ bits: UInt64) -> [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: bits >> (8 * $0)) } }
    let one = isDouble ? (1.0 as Double).bitPattern : UInt64((1 as Float).bitPattern)
    let numbers = bytes(one) + bytes(isDouble ? 1 << 63 : 1 << 31)
    guard machine == .avx2 else { return numbers }
    return numbers + [UInt8](repeating: 0, count: 48) + [UInt8](repeating: 0xFF, count: 32) + [UInt8](repeating: 0, count: 32)
  }

  mutating func loadConstants() {
    for (constant, register) in registers.constants.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
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
    if let register = registers.values[stream] { broadcast(register, .memory(pointer, index: nil)) }
  }

  private func pointer(of stream: Int) -> AddressRegister {
    guard let pointer = pointers[stream] else { preconditionFailure("internal: an array without an address") }
    return pointer
  }

  func register(_ value: Int) -> UInt8 {
    guard let register = registers.values[value] else { preconditionFailure("internal: a value without a register") }
    return register
  }

  private func constant(_ constant: LoopConstant) -> UInt8 {
    guard let register = registers.constants[constant] else { preconditionFailure("internal: a constant without a register") }
    return register
  }

  /// One pass over the instructions, for the vector at the index.
  mutating func body(isMasked: Bool) {
    for (number, instruction) in loop.instructions.enumerated() {
      for stream in registers.loads[number] { readVector(stream, at: pointer(of: stream), isMasked: isMasked) }
      switch instruction.operation {
      case .put:
        writeVector(register(instruction.operands[0]), at: pointer(of: instruction.operands[1]), isMasked: isMasked)
      case .sum:
        let sum = register(instruction.operands[1])
        compute(.add, sum, [sum, register(instruction.operands[0])])
      default:
        compute(instruction.operation, register(loop.streams.count + number), instruction.operands.map(register))
      }
    }
  }

  /// - Parameter pointer: holds the address of the array.
  mutating func readVector(_ stream: Int, at pointer: AddressRegister, isMasked: Bool) {
    let (target, place) = (register(stream), VectorPlace.memory(pointer, index: Self.index))
    switch (machine, isMasked) {
    case (_, false): load(target, place)
    case (.avx512, true): code.wide(arithmetic(0x10), target, nil, place, mask: 1, zeroing: true)
    case (.avx2, true): code.narrow(maskedMove(0x2C), target, constant(.lanes), place)
    }
  }

  mutating func writeVector(_ source: UInt8, at pointer: AddressRegister, isMasked: Bool) {
    let place = VectorPlace.memory(pointer, index: Self.index)
    switch (machine, isMasked) {
    case (_, false): vector(arithmetic(0x11), source, nil, place)
    case (.avx512, true): code.wide(arithmetic(0x11), source, nil, place, mask: 1)
    case (.avx2, true): code.narrow(maskedMove(0x2E), source, constant(.lanes), place)
    }
  }

  private func maskedMove(_ code: UInt8) -> VectorOpcode {
    VectorOpcode(map: 2, prefix: 1, isWide: false, code: isDouble ? code + 1 : code)
  }

  private mutating func compute(_ operation: VectorLoop.Operation, _ result: UInt8, _ x: [UInt8]) {
    switch operation {
    case .add: vector(arithmetic(0x58), result, x[0], .register(x[1]))
    case .subtract: vector(arithmetic(0x5C), result, x[0], .register(x[1]))
    case .multiply: vector(arithmetic(0x59), result, x[0], .register(x[1]))
    case .divide: vector(arithmetic(0x5E), result, x[0], .register(x[1]))
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
    case .put, .sum: preconditionFailure("internal: it has no result")
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
      let opcode = VectorOpcode(map: 2, prefix: 1, isWide: isDouble, code: 0x65)
      code.wide(opcode, result, second, .register(first), mask: 2)
    case .avx2:
      let outcome = constant(.outcome)
      compare(outcome, test)
      let opcode = VectorOpcode(map: 3, prefix: 1, isWide: false, code: isDouble ? 0x4B : 0x4A, number: outcome << 4)
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
