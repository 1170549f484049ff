/// Writes a loop as a function: what is the same for all elements is loaded once, whole vectors follow, and one with the lanes beyond the end masked out.
/// Where there are arrays of one row, such as sums over all rows, a vector is walked through all rows before the next.
struct LoopAssembler {
  let loop: VectorLoop
  let machine: VectorMachine
  /// What is done with one vector, and with several that follow each other: the most first.
  let single: LoopBody
  private let several: [LoopBody]
  /// Where the numbers that steps read are in the table after the code.
  let numbers: [UInt32: Int]
  /// The one at hand.
  private(set) var body: LoopBody
  var code = MachineBytes()
  /// Holds the address of each array that is walked.
  private(set) var pointers: [Int: AddressRegister] = [:]
  private var saved: [AddressRegister] = []

  /// How many arrays there are registers for, single numbers and arrays of one row apart.
  static let mostArrays = 10

  // What the other registers are for.
  static let index = AddressRegister.rax
  private static let whole = AddressRegister.r10
  private static let spare = AddressRegister.r11
  private static let arguments: [AddressRegister] = [.rdi, .rsi, .rdx, .rcx, .r8, .r9]

  /// Nil where there are too few registers.
  init?(_ loop: VectorLoop, _ machine: VectorMachine) {
    guard let single = LoopBody(loop, vectors: 1, machine) else { return nil }
    self.loop = loop
    self.machine = machine
    self.single = single
    several = LoopBody.several(loop, machine)
    body = single
    numbers = Dictionary(
      uniqueKeysWithValues: single.steps.numbers.enumerated().map { ($1, Table.numbers(machine) + $0 * Table.numberBytes(machine)) })
  }

  mutating func assemble() -> [UInt8] {
    switch loop.walk {
    case .loop: writeRow()
    case .rows: writeRows()
    }
    return code.finished(table: table)
  }

  // MARK: One row

  private mutating func writeRow() {
    let count = AddressRegister.rdi
    let walked = loop.streams.indices.filter { loop.streams[$0].isWalked }
    var free = [.rbx, .rbp, .r12, .r13, .r14, .r15] + Self.arguments.dropFirst().reversed()
    for stream in walked where stream + 1 < Self.arguments.count {
      pointers[stream] = Self.arguments[stream + 1]
      free.removeAll { $0 == Self.arguments[stream + 1] }
    }
    // Arrays whose addresses come on the stack may take registers that hold those of numbers: these are read first.
    for stream in walked where pointers[stream] == nil { pointers[stream] = free.removeLast() }
    save()
    for (stream, kind) in loop.streams.enumerated() where kind == .number || kind == .row {
      broadcast(stream, from: argument(stream + 1, scratch: Self.index))
    }
    for stream in walked where stream + 1 >= Self.arguments.count {
      if let pointer = pointers[stream] { code.load(pointer, stack: stackOffset(stream + 1)) }
    }
    loadConstants()
    let (tail, end) = (code.label(), code.label())
    code.clear(Self.index)
    measure(count, tail: tail, end: end)
    eachVector { $0.write(isMasked: false) }
    code.place(tail)
    code.subtract(count, Self.index)
    code.jump(.zero, end)
    prepareTail(count)
    write(isMasked: true)
    code.place(end)
    finish()
  }

  /// The register of an argument, or one that it is loaded to from the stack.
  private mutating func argument(_ number: Int, scratch: AddressRegister) -> AddressRegister {
    if number < Self.arguments.count { return Self.arguments[number] }
    code.load(scratch, stack: stackOffset(number))
    return scratch
  }

  /// Where an argument is on the stack, above what was saved and the return address.
  private func stackOffset(_ number: Int) -> Int { 8 * (saved.count + 1 + number - Self.arguments.count) }

  // MARK: Rows

  private mutating func writeRows() {
    let (rows, columns) = (AddressRegister.rdi, AddressRegister.rsi)
    var free: [AddressRegister] = [.rbx, .rbp, .r12, .r13, .r14, .r15, .r9, .r8, .rcx, .rdx]
    for (stream, kind) in loop.streams.enumerated() where kind.hasStep { pointers[stream] = free.removeLast() }
    save()
    // Arguments in registers go to the stack, from where all are read.
    code.subtract(.rsp, 8 * 4)
    for (slot, register) in Self.arguments.dropFirst(2).enumerated() { code.store(register, stack: 8 * slot) }
    for (stream, kind) in loop.streams.enumerated() where kind == .number {
      code.load(Self.index, stack: slot(of: stream))
      broadcast(stream, from: Self.index)
    }
    loadConstants()
    for (stream, kind) in loop.streams.enumerated() where kind.hasStep {
      code.shiftLeft(elementShift, stack: slot(of: stream, step: true))
    }
    let (tail, end) = (code.label(), code.label())
    code.test(rows)
    code.jump(.notPositive, end)
    measure(columns, tail: tail, end: end)
    if loop.walksDown {
      code.clear(Self.index)
      eachVector { $0.allRows(rows, isMasked: false) }
    } else {
      eachRow(rows) { assembler in
        assembler.code.clear(Self.index)
        assembler.eachVector { $0.write(isMasked: false) }
      }
    }
    // The ends of all rows come after their vectors: a load waits for a masked store that ends where it begins. So what is the same for a row is read
    // twice, and must not be written in between: an array that overlaps one that is written is walked as that is.
    code.place(tail)
    code.subtract(columns, Self.whole)
    code.jump(.zero, end)
    prepareTail(columns)
    code.move(Self.index, Self.whole)
    allRows(rows, isMasked: true)
    code.place(end)
    code.add(.rsp, 8 * 4)
    finish()
  }

  /// The vector at the index in all rows, while what there is one row of is in registers.
  private mutating func allRows(_ rows: AddressRegister, isMasked: Bool) {
    let sources = body.steps.sources
    for source in sources.indices where sources[source].kind.isOneRow {
      code.load(Self.spare, stack: slot(of: sources[source].array))
      readVector(register(source), at: place(Self.spare, sources[source].vector), isMasked: isMasked)
    }
    eachRow(rows) { $0.write(isMasked: isMasked) }
    for sum in sources.indices where sources[sum].kind == .sum {
      code.load(Self.spare, stack: slot(of: sources[sum].array))
      writeVector(register(sum), at: place(Self.spare, sources[sum].vector), isMasked: isMasked)
    }
  }

  /// The offset on the stack of an array's address, or of the step that follows it.
  private func slot(of stream: Int, step: Bool = false) -> Int {
    let number = loop.streams[..<stream].reduce(step ? 1 : 0) { $0 + ($1.hasStep ? 2 : 1) }
    return number < 4 ? 8 * number : 8 * (saved.count + 1 + number)
  }

  private mutating func eachRow(_ rows: AddressRegister, _ work: (inout Self) -> Void) {
    let walked = pointers.sorted { $0.key < $1.key }
    for (stream, pointer) in walked { code.load(pointer, stack: slot(of: stream)) }
    code.clear(Self.spare)
    let next = code.label()
    code.place(next)
    for (stream, pointer) in walked where loop.streams[stream] == .row { broadcast(stream, from: pointer) }
    work(&self)
    for (stream, pointer) in walked { code.add(pointer, stack: slot(of: stream, step: true)) }
    code.add(Self.spare, 1)
    code.compare(Self.spare, rows)
    code.jump(.below, next)
  }

  // MARK: Around the vectors

  private mutating func save() {
    saved = pointers.values.filter(\.isCallers).sorted { $0.rawValue < $1.rawValue }
    for register in saved { code.push(register) }
  }

  private mutating func finish() {
    for register in saved.reversed() { code.pop(register) }
    code.forgetUpperHalves()
    code.leave()
  }

  /// Makes a count of elements one of bytes, and finds how many of them whole vectors have: goes on at the tail if there are none.
  private mutating func measure(_ count: AddressRegister, tail: CodeLabel, end: CodeLabel) {
    code.test(count)
    code.jump(.notPositive, end)
    code.shiftLeft(count, elementShift)
    code.move(Self.whole, count)
    code.mask(Self.whole, -machine.vectorBytes)
    code.test(Self.whole)
    code.jump(.zero, tail)
  }

  /// Does what there is to do at every index of a whole vector, from the one at hand on: several at a time as long as there are as many.
  private mutating func eachVector(_ work: (inout Self) -> Void) {
    let end = code.label()
    for several in several {
      let beyond = (several.vectors - 1) * machine.vectorBytes
      let (next, fewer) = (code.label(), code.label())
      code.subtract(Self.whole, beyond)
      code.compare(Self.index, Self.whole)
      code.jump(.notLess, fewer)
      code.place(next)
      body = several
      work(&self)
      body = single
      code.add(Self.index, several.vectors * machine.vectorBytes)
      code.compare(Self.index, Self.whole)
      code.jump(.less, next)
      code.place(fewer)
      code.add(Self.whole, beyond)
      code.compare(Self.index, Self.whole)
      code.jump(.notLess, end)
    }
    let next = code.label()
    code.place(next)
    work(&self)
    code.add(Self.index, machine.vectorBytes)
    code.compare(Self.index, Self.whole)
    code.jump(.below, next)
    code.place(end)
  }

  private var elementShift: Int { loop.element == .f32 ? 2 : 3 }

  /// Takes the number of bytes that are left.
  private mutating func prepareTail(_ bytes: AddressRegister) {
    switch machine {
    case .avx512:
      code.shiftRight(bytes, elementShift)
      code.maskLanes(bytes, scratch: Self.spare)
    case .avx2:
      guard let lanes = single.registers.constants[.lanes] else { return }
      code.address(Self.spare, table: Table.lanes + machine.vectorBytes)
      code.subtract(Self.spare, bytes)
      load(lanes, .memory(Self.spare, index: nil))
    }
  }
}

/// What is done with so many vectors at a time.
struct LoopBody {
  let vectors: Int
  let steps: LoopSteps
  let registers: LoopRegisters

  /// Nil where there are too few registers.
  init?(_ loop: VectorLoop, vectors: Int, _ machine: VectorMachine, readsFirst: Bool = false) {
    steps = LoopSteps(loop, vectors: vectors)
    guard let registers = LoopRegisters(steps, machine, isWhole: vectors > 1, readsFirst: readsFirst) else { return nil }
    self.vectors = vectors
    self.registers = registers
  }

  /// Functions are faster where several vectors take turns, and a walk down the rows where as many neighbours as there are are read from each. Nothing
  /// else waits.
  static func several(_ loop: VectorLoop, _ machine: VectorMachine) -> [LoopBody] {
    guard loop.hasFunctions || loop.walksDown else { return [] }
    let most = LoopBody(loop, vectors: 4, machine) ?? LoopBody(loop, vectors: 3, machine) ?? LoopBody(loop, vectors: 2, machine)
    guard let most, most.vectors > 2, loop.walksDown, let two = LoopBody(loop, vectors: 2, machine) else { return most.map { [$0] } ?? [] }
    return [most, two]
  }
}
