/// Registers for addresses and counts, by their number in instructions.
enum AddressRegister: UInt8 {
  case rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15

  var low: UInt8 { rawValue & 7 }
  var isHigh: Bool { rawValue > 7 }
  /// Whether a function has to give it back as it was.
  var isCallers: Bool { [.rbx, .rbp, .r12, .r13, .r14, .r15].contains(self) }
}

/// Where a vector instruction's last operand is.
enum VectorPlace {
  case register(UInt8)
  /// At an address, maybe with an index in bytes added, or so many vectors behind it.
  case memory(AddressRegister, index: AddressRegister?, vector: Int = 0)
  /// In the loop's own table of constants, this many bytes from its start.
  case table(Int)
}

/// A place in the code that jumps lead to.
struct CodeLabel {
  fileprivate let index: Int
}

/// Instructions of x86-64 as bytes, as the processor's manual defines them. Jumps and addresses of constants are filled in at the end.
struct MachineBytes {
  private(set) var bytes: [UInt8] = []
  private var labels: [Int?] = []
  private var jumps: [(at: Int, label: Int)] = []
  private var tableReads: [(at: Int, offset: Int)] = []

  mutating func label() -> CodeLabel {
    labels.append(nil)
    return CodeLabel(index: labels.count - 1)
  }

  mutating func place(_ label: CodeLabel) { labels[label.index] = bytes.count }

  /// The code with its table of constants after it.
  func finished(table: [UInt8]) -> [UInt8] {
    var result = bytes
    while result.count % 64 != 0 { result.append(0xCC) }
    let start = result.count
    func fill(_ at: Int, _ target: Int) {
      for byte in 0..<4 { result[at + byte] = UInt8(truncatingIfNeeded: (target - at - 4) >> (8 * byte)) }
    }
    for jump in jumps {
      guard let target = labels[jump.label] else { preconditionFailure("internal: a jump to nowhere") }
      fill(jump.at, target)
    }
    for read in tableReads { fill(read.at, start + read.offset) }
    return result + table
  }

  private mutating func put(_ values: UInt8...) { bytes += values }

  private mutating func put32(_ value: Int) {
    for byte in 0..<4 { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * byte))) }
  }
}

// MARK: Addresses and counts

extension MachineBytes {
  private mutating func operation(_ opcode: UInt8, _ register: AddressRegister, _ other: AddressRegister) {
    put(0x48 | (register.isHigh ? 4 : 0) | (other.isHigh ? 1 : 0), opcode, 0xC0 | register.low << 3 | other.low)
  }

  mutating func move(_ target: AddressRegister, _ source: AddressRegister) { operation(0x8B, target, source) }
  mutating func subtract(_ target: AddressRegister, _ source: AddressRegister) { operation(0x2B, target, source) }
  mutating func compare(_ first: AddressRegister, _ second: AddressRegister) { operation(0x3B, first, second) }
  mutating func test(_ register: AddressRegister) { operation(0x85, register, register) }
  mutating func clear(_ register: AddressRegister) { operation(0x33, register, register) }

  private mutating func withNumber(_ extension: UInt8, _ register: AddressRegister, _ number: Int) {
    put(0x48 | (register.isHigh ? 1 : 0), 0x81, 0xC0 | `extension` << 3 | register.low)
    put32(number)
  }

  mutating func add(_ register: AddressRegister, _ number: Int) { withNumber(0, register, number) }
  mutating func subtract(_ register: AddressRegister, _ number: Int) { withNumber(5, register, number) }
  mutating func mask(_ register: AddressRegister, _ number: Int) { withNumber(4, register, number) }

  mutating func shiftLeft(_ register: AddressRegister, _ count: Int) { shift(4, register, count) }
  mutating func shiftRight(_ register: AddressRegister, _ count: Int) { shift(5, register, count) }

  private mutating func shift(_ extension: UInt8, _ register: AddressRegister, _ count: Int) {
    put(0x48 | (register.isHigh ? 1 : 0), 0xC1, 0xC0 | `extension` << 3 | register.low, UInt8(count))
  }

  mutating func push(_ register: AddressRegister) {
    if register.isHigh { put(0x41) }
    put(0x50 | register.low)
  }

  mutating func pop(_ register: AddressRegister) {
    if register.isHigh { put(0x41) }
    put(0x58 | register.low)
  }

  /// What is on the stack, an offset above its pointer.
  mutating func load(_ target: AddressRegister, stack offset: Int) { stack(0x8B, target, offset) }
  mutating func add(_ target: AddressRegister, stack offset: Int) { stack(0x03, target, offset) }
  mutating func store(_ source: AddressRegister, stack offset: Int) { stack(0x89, source, offset) }

  private mutating func stack(_ opcode: UInt8, _ register: AddressRegister, _ offset: Int) {
    put(0x48 | (register.isHigh ? 4 : 0), opcode, 0x84 | register.low << 3, 0x24)
    put32(offset)
  }

  mutating func shiftLeft(_ count: Int, stack offset: Int) {
    put(0x48, 0xC1, 0xA4, 0x24)
    put32(offset)
    put(UInt8(count))
  }

  /// The address of a place in the table of constants.
  mutating func address(_ target: AddressRegister, table offset: Int) {
    put(0x48 | (target.isHigh ? 4 : 0), 0x8D, 0x05 | target.low << 3)
    tableReads.append((bytes.count, offset))
    put32(0)
  }

  enum Condition: UInt8 {
    case below = 0x82
    case less = 0x8C
    case notLess = 0x8D
    case zero = 0x84
    case notPositive = 0x8E
  }

  mutating func jump(_ condition: Condition, _ label: CodeLabel) {
    put(0x0F, condition.rawValue)
    jumps.append((bytes.count, label.index))
    put32(0)
  }

  mutating func leave() { put(0xC3) }
}

// MARK: Vectors

/// What names a vector instruction beside its operands.
struct VectorOpcode {
  /// Which table of opcodes: 1, 2 and 3 for those that begin with 0F, 0F 38 and 0F 3A.
  var map: UInt8 = 1
  /// What stands for a prefix: 1 for 66.
  var prefix: UInt8
  var isWide: Bool
  var code: UInt8
  /// A number that follows.
  var number: UInt8?
}

extension MachineBytes {
  /// What is written where in the last byte but addresses.
  private mutating func operands(_ register: UInt8, _ place: VectorPlace, vectorStep: UInt8, numberFollows: Bool) {
    let middle = (register & 7) << 3
    switch place {
    case .register(let other): put(0xC0 | middle | (other & 7))
    case .memory(let base, nil, _) where base.low != 4: put(0x40 | middle | base.low, 0)
    case .memory(let base, let index, let vector): put(0x44 | middle, (index?.low ?? 4) << 3 | base.low, UInt8(vector) * vectorStep)
    case .table(let offset):
      put(0x05 | middle)
      precondition(!numberFollows, "internal: an address of a constant with a number after it")
      tableReads.append((bytes.count, offset))
      put32(0)
    }
  }

  /// - Parameters:
  ///   - register: the destination, or what is stored.
  ///   - first: the first source, where there are two.
  ///   - mask: lanes that count, if not all; others become zero if `zeroing`.
  ///   - isSpread: whether memory has one number for all lanes.
  mutating func wide(
    _ opcode: VectorOpcode, _ register: UInt8, _ first: UInt8?, _ place: VectorPlace, mask: UInt8 = 0, zeroing: Bool = false,
    isSpread: Bool = false
  ) {
    let (base, index) = Self.highBits(place)
    let source = first ?? 0
    put(
      0x62,
      (register & 8 == 0 ? 0x80 : 0) | (index ? 0 : 0x40) | (base ? 0 : 0x20) | (register & 16 == 0 ? 0x10 : 0) | opcode.map,
      (opcode.isWide ? 0x80 : 0) | (~source & 15) << 3 | 4 | opcode.prefix,
      (zeroing ? 0x80 : 0) | 0x40 | (isSpread ? 0x10 : 0) | (source & 16 == 0 ? 8 : 0) | mask, opcode.code)
    // Distances count in vectors here.
    operands(register, place, vectorStep: 1, numberFollows: opcode.number != nil)
    if let number = opcode.number { put(number) }
  }

  /// The same for vectors of 32 bytes, of which there are 16 and no masks.
  mutating func narrow(_ opcode: VectorOpcode, _ register: UInt8, _ first: UInt8?, _ place: VectorPlace) {
    let (base, index) = Self.highBits(place)
    put(
      0xC4, (register & 8 == 0 ? 0x80 : 0) | (index ? 0 : 0x40) | (base ? 0 : 0x20) | opcode.map,
      (opcode.isWide ? 0x80 : 0) | (~(first ?? 0) & 15) << 3 | 4 | opcode.prefix, opcode.code)
    operands(register, place, vectorStep: 32, numberFollows: opcode.number != nil)
    if let number = opcode.number { put(number) }
  }

  /// The fourth bits of a base and an index; of a register, the fourth and the fifth.
  private static func highBits(_ place: VectorPlace) -> (base: Bool, index: Bool) {
    switch place {
    case .register(let register): (register & 8 != 0, register & 16 != 0)
    case .memory(let base, let index, _): (base.isHigh, index?.isHigh ?? false)
    case .table: (false, false)
    }
  }

  /// The first lanes, as many as a register says, into the first mask; the register is lost.
  mutating func maskLanes(_ count: AddressRegister, scratch: AddressRegister) {
    // mov scratch, -1; bzhi scratch, scratch, count; kmovw k1, scratch
    put(0x48 | (scratch.isHigh ? 1 : 0), 0xC7, 0xC0 | scratch.low)
    put32(-1)
    put(
      0xC4, (scratch.isHigh ? 0 : 0x80) | 0x40 | (scratch.isHigh ? 0 : 0x20) | 2, (~count.rawValue & 15) << 3, 0xF5,
      0xC0 | scratch.low << 3 | scratch.low)
    put(0xC4, 0xC0 | (scratch.isHigh ? 0 : 0x20) | 1, 0x78, 0x92, 0xC8 | scratch.low)
  }

  /// Lets code with narrower vectors that comes next run at full speed.
  mutating func forgetUpperHalves() { put(0xC5, 0xF8, 0x77) }
}
