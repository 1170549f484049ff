import NNEmission
import NNGraph
import NNSchedule
import Testing

/// Kernels written by hand, for loops that models seldom need. They read gradients and write parameters of an `update`.
struct KernelTests {
  private static let a = Buffer.argument(Argument(.gradient, 0))
  private static let b = Buffer.argument(Argument(.gradient, 1))
  private static let out = Buffer.destination(.parameter(2))
  private static let second = Buffer.destination(.parameter(3))

  /// Runs the steps on tensors of 9,000 numbers each; the result is what `out` and `second` hold.
  private func run(_ steps: [Step], _ compiler: EmittedRun.Compiler) throws -> (out: [Double], second: [Double]) {
    var model = Model(name: "kernels", graph: GraphBuilder())
    for name in ["a", "b", "out", "second"] {
      let shape = Shape([9000])
      let value = model.graph.source(Argument(.parameter, model.parameters.count), ValueType(shape, isBatched: false))
      model.parameters.append(Parameter(name: name, shape: shape, initial: .constant(0), value: value, range: nil))
    }
    var schedule = Schedule()
    schedule.steps = steps
    let program = EntryProgram(kind: .update, graph: Graph(), stores: [], result: nil, checksResult: false)
    let entry = CompiledEntry(program: program, schedule: schedule, batch: 1)
    let layout = Layout(model, slots: 0, batch: 1)
    let compiled = CompiledModel(model: model, layout: layout, batch: 1, precision: .f64, entries: [entry])
    let run = try EmittedRun(compiled, compiler)
    let numbers = [Argument(.gradient, 0): Self.numbers(1), Argument(.gradient, 1): Self.numbers(2)]
    let outcome = try run.run(.update, EmittedRun.Call(arguments: numbers, examples: 1))
    #expect(outcome.problems == [])
    let params = (outcome.buffers[.params] ?? []).map(Double.init(bitPattern:))
    return (Array(params[18000..<27000]), Array(params[27000...]))
  }

  private static func numbers(_ seed: Int) -> [Double] { (0..<9000).map { Double(($0 * 7919 + seed * 104_729) % 2003) / 1000 - 1 } }

  private func expectClose(_ found: [Double], _ expected: [Int: Double]) {
    for (place, value) in expected {
      #expect(abs(found[place] - value) <= 1e-12 * max(1, abs(value)), "[\(place)]: \(found[place]) instead of \(value)")
    }
    #expect(found.indices.filter { expected[$0] == nil }.allSatisfy { found[$0].isNaN }, "elements beside the result are written")
  }

  private static let compilers: [EmittedRun.Compiler] = [.tcc, .gcc]

  @Test(arguments: compilers, [true, false])
  func productsAddUpSegments(compiler: EmittedRun.Compiler, packs: Bool) throws {
    let (rows, columns, depth, segments) = (40, 37, 5, 3)
    var kernel = Kernel(name: "product", outer: [Extent(2)], rows: Extent(rows), columns: columns)
    kernel.product = ProductStep(
      a: Access(Self.a, offset: 3, outer: [1000], row: 15, column: 1),
      b: packs
        ? Access(Self.b, offset: 1, outer: [1500], row: 1, column: 15) : Access(Self.b, offset: 1, outer: [1500], row: 37, column: 1),
      k: Extent(depth), segments: [ProductStep.Segment(extent: Extent(segments), a: 5, b: packs ? 5 : 185)],
      method: packs ? .packedTiles : .tiles)
    let shape = Shape([rows, columns])
    kernel.statements = [
      Statement(
        id: 1, name: "twice", range: nil, level: .full, kind: .compute(.input(0) + .input(0)), operands: [.local(0)], shape: shape)
    ]
    kernel.stores = [
      StoreStep(operand: .local(1), level: .full, target: Access(Self.out, offset: 2, outer: [4000], row: 80, column: 2)),
      StoreStep(operand: .local(0), level: .full, target: Access(Self.second, outer: [2000], row: 40, column: 1)),
    ]
    let result = try run([.kernel(kernel)], compiler)
    let (a, b) = (Self.numbers(1), Self.numbers(2))
    var (twice, once): ([Int: Double], [Int: Double]) = ([:], [:])
    for block in 0..<2 {
      for (i, j) in (0..<rows).flatMap({ i in (0..<columns).map { (i, $0) } }) {
        var sum = 0.0
        for (s, k) in (0..<segments).flatMap({ s in (0..<depth).map { (s, $0) } }) {
          let right = packs ? 1 + block * 1500 + k + j * 15 + s * 5 : 1 + block * 1500 + k * 37 + j + s * 185
          sum += a[3 + block * 1000 + i * 15 + k + s * 5] * b[right]
        }
        twice[2 + block * 4000 + i * 80 + j * 2] = 2 * sum
        once[block * 2000 + i * 40 + j] = sum
      }
    }
    expectClose(result.out, twice)
    expectClose(result.second, once)
  }

  @Test(arguments: compilers)
  func fewRowsAreDotProducts(compiler: EmittedRun.Compiler) throws {
    var kernel = Kernel(name: "dots", outer: [], rows: Extent(3), columns: 50)
    kernel.product = ProductStep(
      a: Access(Self.a, row: 100, column: 1), b: Access(Self.b, row: 1, column: 101), k: Extent(77), method: .dots)
    kernel.stores = [StoreStep(operand: .local(0), level: .full, target: Access(Self.out, row: 50, column: 1))]
    let (a, b) = (Self.numbers(1), Self.numbers(2))
    var expected: [Int: Double] = [:]
    for (i, j) in (0..<3).flatMap({ i in (0..<50).map { (i, $0) } }) {
      expected[i * 50 + j] = (0..<77).reduce(0) { $0 + a[i * 100 + $1] * b[j * 101 + $1] }
    }
    expectClose(try run([.kernel(kernel)], compiler).out, expected)
  }

  /// Rows longer than a block, whose sums and extremes are all that is wanted.
  @Test(arguments: compilers, [ReductionKind.sum, .max, .min])
  func longRowsAreReducedInBlocks(compiler: EmittedRun.Compiler, kind: ReductionKind) throws {
    let columns = 2900
    let shape = Shape([3, columns])
    var kernel = Kernel(name: "rows", outer: [], rows: Extent(3), columns: columns)
    kernel.statements = [
      Statement(
        id: 0, name: nil, range: nil, level: .full, kind: .compute(.input(0) * .input(1)),
        operands: [.memory(Access(Self.a, row: columns, column: 1)), .memory(Access(Self.b, row: 1, column: 0))], shape: shape),
      Statement(id: 1, name: "reduced", range: nil, level: .row, kind: .reduce(kind), operands: [.local(0)], shape: Shape([3])),
      Statement(
        id: 2, name: nil, range: nil, level: .row, kind: .compute(.input(0) - .constant(1)), operands: [.local(1)], shape: Shape([3])),
    ]
    kernel.stores = [StoreStep(operand: .local(2), level: .row, target: Access(Self.out, row: 5))]
    kernel.sinks = [Sink(kind: kind, operand: .local(0), level: .full, target: .memory(Access(Self.second, column: 1)), name: nil)]
    let result = try run([.kernel(kernel)], compiler)
    let (a, b) = (Self.numbers(1), Self.numbers(2))
    func reduced(_ numbers: [Double]) -> Double {
      kind == .sum ? numbers.reduce(0, +) : kind == .max ? numbers.max() ?? 0 : numbers.min() ?? 0
    }
    var (rows, sinks): ([Int: Double], [Int: Double]) = ([:], [:])
    for i in 0..<3 { rows[i * 5] = reduced((0..<columns).map { a[i * columns + $0] * b[i] }) - 1 }
    for j in 0..<columns { sinks[j] = reduced((0..<3).map { a[$0 * columns + j] * b[$0] }) }
    expectClose(result.out, rows)
    expectClose(result.second, sinks)
  }

  /// What is read again later must not be overwritten early, wherever its place is.
  @Test(arguments: compilers)
  func valuesMayReplaceWhatTheyAreMadeOf(compiler: EmittedRun.Compiler) throws {
    let (rows, columns) = (30, 40)
    let shape = Shape([rows, columns])
    var kernel = Kernel(name: "in_place", outer: [], rows: Extent(rows), columns: columns)
    let old = Operand.memory(Access(Self.out, row: columns, column: 1))
    kernel.needsWholeRows = true
    kernel.statements = [
      Statement(id: 0, name: "next", range: nil, level: .full, kind: .compute(.input(0) + .constant(1)), operands: [old], shape: shape),
      Statement(id: 1, name: "total", range: nil, level: .row, kind: .reduce(.sum), operands: [old], shape: Shape([rows])),
      Statement(
        id: 2, name: "share", range: nil, level: .full, kind: .compute(.input(0) / .input(1)), operands: [old, .local(1)], shape: shape),
    ]
    kernel.stores = [
      StoreStep(operand: .local(0), level: .full, target: Access(Self.out, row: columns, column: 1)),
      StoreStep(operand: .local(2), level: .full, target: Access(Self.second, row: columns, column: 1)),
    ]
    var fill = Kernel(name: "fill", outer: [], rows: Extent(1), columns: rows * columns)
    fill.statements = [
      Statement(
        id: 0, name: nil, range: nil, level: .full, kind: .compute(.coordinate(axis: 0)), operands: [], shape: Shape([rows * columns]))
    ]
    fill.stores = [StoreStep(operand: .local(0), level: .full, target: Access(Self.out, column: 1))]
    let result = try run([.kernel(fill), .kernel(kernel)], compiler)
    var (next, share): ([Int: Double], [Int: Double]) = ([:], [:])
    for i in 0..<rows {
      let total = (0..<columns).reduce(0.0) { $0 + Double(i * columns + $1) }
      for j in 0..<columns {
        next[i * columns + j] = Double(i * columns + j + 1)
        share[i * columns + j] = Double(i * columns + j) / total
      }
    }
    expectClose(result.out, next)
    expectClose(result.second, share)
  }
}
