import NNAssembly
import Testing

@testable import NNExecution

/// Vector loops against the precompiled kernels, one operation after the other: the same bits. Functions against those of the same instruction set, all
/// else against the plain ones.
@Suite struct VectorLoopTests {
  static let machines: [VectorMachine] = [.avx512, .avx2].filter { (try? KernelSymbols(instructionSet: $0.rawValue)) != nil }

  @Test(arguments: machines, [VectorLoop.Element.f32, .f64])
  func everyOperationAlone(machine: VectorMachine, element: VectorLoop.Element) throws {
    for operation in VectorLoop.Operation.allCases where operation.hasResult && (element.hasFunctions || !operation.isFunction) {
      let count = operation.operandCount
      let streams = [VectorLoop.Stream](repeating: .read, count: count) + [.write]
      let instructions = [
        VectorLoop.Instruction(operation, Array(0..<count)), VectorLoop.Instruction(.put, [count + 1, count]),
      ]
      let row = VectorLoop(element, .loop, streams: streams, instructions: instructions)
      for columns in [1, 2, 7, 8, 9, 16, 17, 33, 64, 100] { try LoopTrial(row, rows: 1, columns: columns, seed: columns).check(machine) }
      let rows = VectorLoop(element, .rows, streams: streams, instructions: instructions)
      for columns in [1, 5, 16, 21, 48] { try LoopTrial(rows, rows: 3, columns: columns, seed: columns).check(machine) }
    }
  }

  /// Numbers of all magnitudes, several vectors at a time and what is left of them.
  @Test(arguments: machines, VectorLoop.Operation.allCases.filter(\.isFunction))
  func functionsAreThoseOfTheKernels(machine: VectorMachine, function: VectorLoop.Operation) throws {
    let instructions = [VectorLoop.Instruction(function, [0]), VectorLoop.Instruction(.put, [2, 1])]
    let loop = VectorLoop(.f32, .loop, streams: [.read, .write], instructions: instructions)
    let all = stride(from: UInt32(0), through: .max, by: 39_119).map { Double(Float(bitPattern: $0)) }
    try LoopTrial(loop, rows: 1, columns: all.count, numbers: all).check(machine)
    // Those near which functions change: zero, one, where they overflow, and where a polynomial gives way to another.
    let near = [0, 0.625, 0.92, 1, 4.1, 10, 17.33, 40, 88.7, 89, 104].flatMap { (center: Float) in
      (-200..<200).flatMap { (step: Int) -> [Double] in
        let x = center + Float(step) * max(center, .leastNormalMagnitude).ulp
        return [Double(x), Double(-x)]
      }
    }
    for columns in [31, 32, 33, 79, 128, 200, near.count] { try LoopTrial(loop, rows: 1, columns: columns, numbers: near).check(machine) }
  }

  @Test(arguments: machines, [VectorLoop.Element.f32, .f64])
  func sumsOfColumns(machine: VectorMachine, element: VectorLoop.Element) throws {
    let loop = VectorLoop(
      element, .rows, streams: [.read, .row, .number, .sum, .update, .sum],
      instructions: [
        VectorLoop.Instruction(.multiply, [0, 1]), VectorLoop.Instruction(.sum, [6, 3]), VectorLoop.Instruction(.add, [6, 4]),
        VectorLoop.Instruction(.put, [8, 4]), VectorLoop.Instruction(.sum, [2, 5]), VectorLoop.Instruction(.sum, [8, 5]),
      ])
    for columns in [1, 2, 7, 8, 9, 16, 17, 33, 56, 64, 100, 112] {
      for rows in [1, 2, 5, 30] { try LoopTrial(loop, rows: rows, columns: columns, seed: columns + rows).check(machine) }
    }
  }

  @Test(arguments: machines, [VectorLoop.Element.f32, .f64])
  func manyOperationsAtOnce(machine: VectorMachine, element: VectorLoop.Element) throws {
    var random = SplitMix(seed: 7)
    var count = 0
    while count < 150 {
      let loop = VectorLoop.random(element, &random)
      guard machine.fits(loop) else { continue }
      count += 1
      let rows = loop.walk == .loop ? 1 : Int(random.next() % 4) + 1
      try LoopTrial(loop, rows: rows, columns: Int(random.next() % 200) + 1, seed: count).check(machine)
    }
  }

  @Test(arguments: machines, [VectorLoop.Element.f32, .f64])
  func whatAllRowsShare(machine: VectorMachine, element: VectorLoop.Element) throws {
    let loop = VectorLoop(
      element, .rows, streams: [.read, .column, .column, .row, .update, .sum],
      instructions: [
        VectorLoop.Instruction(.multiply, [0, 1]), VectorLoop.Instruction(.add, [6, 2]), VectorLoop.Instruction(.subtract, [7, 3]),
        VectorLoop.Instruction(.multiply, [8, 4]), VectorLoop.Instruction(.put, [9, 4]), VectorLoop.Instruction(.sum, [8, 5]),
      ])
    for columns in [1, 2, 7, 8, 9, 16, 17, 33, 56, 64, 100, 112] {
      for rows in [1, 2, 5, 30] { try LoopTrial(loop, rows: rows, columns: columns, seed: columns + rows).check(machine) }
    }
  }

  @Test func theNameSaysAll() {
    var random = SplitMix(seed: 3)
    for _ in 0..<100 {
      let loop = VectorLoop.random(.f32, &random)
      #expect(VectorLoop(name: loop.name) == loop)
    }
    #expect(VectorLoop(name: "nn_f32_loop_vvo__add_0_1__put_3_2") != nil)
    #expect(VectorLoop(name: "nn_f32_rows_va__sum_0_1") != nil)
  }

  @Test(arguments: [
    "nn_f32_loop_vvo", "nn_f32_loop_vvo__add_0_1__put_3_9", "nn_f32_loop_vvo__add_0_1__put_3_0", "nn_f32_loop_vvo__add_0_4__put_3_2",
    "nn_f32_loop_vvo__add_0__put_3_2", "nn_f32_loop_vxo__add_0_1__put_3_2", "nn_f16_loop_vvo__add_0_1__put_3_2", "nn_f32_add", "",
    "nn_f32_loop_vvo__add_0_2__put_3_2", "nn_f32_loop_vvo__add_0_1__put_3_2__square_4", "nn_f32_loop_vvo__add_0_999999__put_3_2", "__",
    "nn__", "nn_f32_loop_va__sum_0_1", "nn_f32_rows_va__sum_0_0", "nn_f32_rows_va__add_0_1__sum_2_1", "nn_f32_rows_vao__sum_0_1__put_3_2",
    "nn_f32_rows_vo__sum_0_1", "nn_f32_loop_vco__add_0_1__put_3_2", "nn_f64_loop_vo__exp_0__put_2_1", "nn_f32_loop_vo__sin_0__put_2_1",
  ])
  func otherNamesAreNoLoops(name: String) { #expect(VectorLoop(name: name) == nil) }

  @Test func tooManyArraysAndValuesDoNotFit() {
    let put = VectorLoop.Instruction(.put, [0, 11])
    #expect(
      !VectorMachine.avx512.fits(
        VectorLoop(.f32, .loop, streams: [VectorLoop.Stream](repeating: .read, count: 11) + [.write], instructions: [put])))
    let numbers = VectorLoop(
      .f32, .loop, streams: [VectorLoop.Stream](repeating: .number, count: 20) + [.write],
      instructions: [VectorLoop.Instruction(.put, [0, 20])])
    #expect(VectorMachine.avx512.fits(numbers))
    #expect(!VectorMachine.avx2.fits(numbers))
  }

  @Test(arguments: machines) func aLoopThatDoesNotFitIsRefused(machine: VectorMachine) {
    let streams = [VectorLoop.Stream](repeating: .read, count: 11) + [.write]
    let loop = VectorLoop(.f32, .loop, streams: streams, instructions: [VectorLoop.Instruction(.put, [0, 11])])
    let source = "void \(loop.name)(long); void f(void **a) { \(loop.name)(1); }"
    let message = "too few registers for the loop 'nn_f32_loop_vvvvvvvvvvvo__put_0_11...'"
    #expect(throws: ExecutionError.rejected(compiler: "the loader", messages: [message])) {
      try TinyCompiler(symbols: [], machine: machine).compile(source)
    }
  }

  @Test func aMachineWithoutLoopsSaysWhatIsMissing() {
    let source = "void nn_f32_loop_vo__put_0_1(long, const float *, float *); void f(void **a) { nn_f32_loop_vo__put_0_1(1, a[0], a[1]); }"
    #expect(throws: ExecutionError.undefined(symbols: ["nn_f32_loop_vo__put_0_1"])) { try TinyCompiler(symbols: []).compile(source) }
  }
}

/// Numbers that follow from a seed.
private struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  init(seed: Int) { state = UInt64(truncatingIfNeeded: seed) }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}

extension VectorLoop {
  /// A chain of up to twelve operations with up to nine arrays, of which it may update some.
  fileprivate static func random(_ element: Element, _ random: inout SplitMix) -> VectorLoop {
    let walk: Walk = Bool.random(using: &random) ? .loop : .rows
    let kinds: [Stream] = walk == .loop ? [.read, .update, .number] : [.read, .update, .number, .row, .column]
    var streams = (0..<Int.random(in: 1...6, using: &random)).map { _ in kinds.randomElement(using: &random) ?? .read }
    let outputs = Int.random(in: 1...3, using: &random)
    streams += [Stream](repeating: .write, count: outputs)
    if walk == .rows { streams += [Stream](repeating: .sum, count: Int.random(in: 0...2, using: &random)) }
    var loop = VectorLoop(element, walk, streams: streams, instructions: [])
    var known = streams.indices.filter { streams[$0] != .write && streams[$0] != .sum }
    for _ in 0..<Int.random(in: 1...12, using: &random) {
      let operations = Operation.allCases.filter { $0.hasResult && (element.hasFunctions || !$0.isFunction) }
      guard let operation = operations.randomElement(using: &random) else { continue }
      let operands = (0..<operation.operandCount).map { _ in known.randomElement(using: &random) ?? 0 }
      loop.instructions.append(Instruction(operation, operands))
      known.append(streams.count + loop.instructions.count - 1)
    }
    for target in streams.indices where streams[target] == .sum {
      loop.instructions.append(Instruction(.sum, [known.randomElement(using: &random) ?? 0, target]))
    }
    for target in streams.indices where streams[target] == .write || streams[target] == .update {
      loop.instructions.append(Instruction(.put, [known.randomElement(using: &random) ?? 0, target]))
    }
    return loop
  }
}

/// A loop with arrays around which nothing may be touched.
private struct LoopTrial {
  private let loop: VectorLoop
  private let rows: Int
  private let columns: Int
  private var arrays: [[Double]] = []
  private let step: Int

  init(_ loop: VectorLoop, rows: Int, columns: Int, seed: Int) {
    self.loop = loop
    self.rows = rows
    self.columns = columns
    step = loop.walk == .loop ? columns : columns + seed % 3
    var random = SplitMix(seed: seed)
    let odd: [Double] = [0, -0.0, .infinity, -.infinity, .nan, 1, -1, 1e-300]
    for _ in loop.streams {
      arrays.append(
        (0..<rows * step + Self.margin).map { _ in
          random.next() % 6 == 0
            ? odd[Int(random.next() % UInt64(odd.count))] : Double(Int64(truncatingIfNeeded: random.next()) >> 40) / 4096
        })
    }
  }

  /// All arrays begin with the same numbers.
  init(_ loop: VectorLoop, rows: Int, columns: Int, numbers: [Double]) {
    self.init(loop, rows: rows, columns: columns, seed: 0)
    let first = Self.skipped..<min(Self.skipped + numbers.count, rows * step + Self.margin)
    for index in arrays.indices { arrays[index].replaceSubrange(first, with: numbers.prefix(first.count)) }
  }

  private static let margin = 24
  /// Not aligned, as rows of a matrix are not.
  private static let skipped = 3

  func check(_ machine: VectorMachine) throws {
    let own = try KernelSymbols(instructionSet: machine.rawValue)
    let plain = try KernelSymbols(instructionSet: "plain")
    let found = try outcome(of: loopText, TinyCompiler(own))
    let wanted = try outcome(of: kernelText, TinyCompiler(symbols: (loop.hasFunctions ? own : plain).symbols))
    #expect(found == wanted, "\(loop.name), \(rows) x \(columns), for \(machine)")
  }

  private var real: String { loop.element == .f32 ? "float" : "double" }

  private func stepText(_ stream: Int) -> String { loop.streams[stream] == .row ? "1" : "\(step)" }

  private var loopText: String {
    let types = loop.streams.map { loop.walk == .rows && $0.hasStep ? "\(real) *, long" : "\(real) *" }
    let head = loop.walk == .rows ? "long, long" : "long"
    let sizes = loop.walk == .rows ? "\(rows), \(columns)" : "\(columns)"
    let arguments = loop.streams.indices.map { "a[\($0)]" + (loop.walk == .rows && loop.streams[$0].hasStep ? ", \(stepText($0))" : "") }
    return """
      void \(loop.name)(\(([head] + types).joined(separator: ", ")));
      void f(void **a) { \(loop.name)(\(([sizes] + arguments).joined(separator: ", "))); }
      """
  }

  /// Every operation on whole arrays, and what is stored at the end.
  private var kernelText: String {
    var (prototypes, body) = (Set<String>(), "")
    func operand(_ id: Int) -> String {
      guard id < loop.streams.count else { return "t[\(id - loop.streams.count)], \(columns), 1" }
      switch loop.streams[id] {
      case .number: return "a[\(id)], 0, 0"
      case .row: return "a[\(id)], 1, 0"
      case .column: return "a[\(id)], 0, 1"
      case .read, .write, .update, .sum: return "a[\(id)], \(step), 1"
      }
    }
    func call(_ name: String, _ target: String, _ operands: [Int]) {
      let kernel = "nn_\(loop.element.rawValue)_\(name)"
      let parameters = operands.map { _ in "\(real) *, long, long" }.joined(separator: ", ")
      prototypes.insert("void \(kernel)(\(real) *, long, \(parameters), long, long);\n")
      body += "  \(kernel)(\(target), \(operands.map(operand).joined(separator: ", ")), \(rows), \(columns));\n"
    }
    for (index, instruction) in loop.instructions.enumerated() where instruction.operation.hasResult {
      call(instruction.operation.rawValue, "t[\(index)], \(columns)", instruction.operands)
    }
    // Arrays that are updated have what they had.
    for (index, instruction) in loop.instructions.enumerated() where instruction.operation == .sum {
      call("copy", "t[\(index)], \(columns)", [instruction.operands[0]])
    }
    let sums = loop.instructions.indices.filter { loop.instructions[$0].operation == .sum }
    for row in 0..<(sums.isEmpty ? 0 : rows) {
      for sum in sums {
        let kernel = "nn_\(loop.element.rawValue)_col_sum"
        prototypes.insert("void \(kernel)(\(real) *, \(real) *, long, long, long, long);\n")
        body += "  \(kernel)(a[\(loop.instructions[sum].operands[1])], t[\(sum)] + \(row * columns), \(columns), 1, 1, \(columns));\n"
      }
    }
    for (index, instruction) in loop.instructions.enumerated() where instruction.operation == .put {
      call("copy", "t[\(index)], \(columns)", [instruction.operands[0]])
    }
    for (index, instruction) in loop.instructions.enumerated() where instruction.operation == .put {
      call("copy", "a[\(instruction.operands[1])], \(step)", [loop.streams.count + index])
    }
    let size = loop.element == .f32 ? 4 : 8
    return prototypes.sorted().joined()
      + "static \(real) t[\(loop.instructions.count)][\(rows * columns + 64 / size)];\nvoid f(void **a) {\n\(body)}\n"
  }

  /// The bits of all arrays after the call; every NaN is the same.
  private func outcome(of source: String, _ compiler: TinyCompiler) throws -> [[UInt64]] {
    let entry = try compiler.compile(source).entry("f")
    if loop.element == .f32 { return try run(entry, as: Float.self).map { $0.map { $0.isNaN ? .max : UInt64($0.bitPattern) } } }
    return try run(entry, as: Double.self).map { $0.map { $0.isNaN ? .max : $0.bitPattern } }
  }

  private func run<Real: BinaryFloatingPoint>(_ entry: EntryPoint, as type: Real.Type) throws -> [[Real]] {
    let memory = arrays.map { numbers in
      let buffer = UnsafeMutableBufferPointer<Real>.allocate(capacity: numbers.count)
      _ = buffer.initialize(from: numbers.map { Real($0) })
      return buffer
    }
    defer { for buffer in memory { buffer.deallocate() } }
    entry.call(memory.map { UnsafeMutableRawPointer($0.baseAddress.map { $0 + Self.skipped }) })
    return memory.map { Array($0) }
  }
}
