import NNAssembly
import NNEmission
import NNGraph
import NNSchedule
import NNTestSupport
import Testing

/// Models chosen for what random ones are too small for.
struct WideProgramTests {
  @Test(arguments: TextModel.wide, [Precision.f64, .f32])
  func tilesComputeWhatTheGraphSays(model: TextModel, precision: Precision) throws {
    let (compiled, _) = try model.compiled(precision)
    let run = try EmittedRun(compiled, .tcc)
    for entry in compiled.entries where entry.kind != .initialize {
      let examples = precision == .f64 ? model.batch : model.batch / 2 + 1
      try run.checkAgainstGraph(entry, examples: examples, title: "\(model.name) \(entry.kind.rawValue) n=\(examples)")
    }
  }

  /// Compilers take their time, so each model is tried in one precision with one of them.
  @Test(arguments: Array((TextModel.wide + TextModel.drawing).enumerated()))
  func flavoursAgreeBitForBit(index: Int, model: TextModel) throws {
    let (compiled, sources) = try model.compiled(index % 2 == 0 ? .f32 : .f64)
    let tiles = try EmittedRun(compiled, .tcc, sources: sources)
    let loops = try EmittedRun(compiled, index % 4 < 2 ? .clang : .gcc, sources: sources)
    for entry in compiled.entries {
      for examples in Set([1, model.batch]) {
        let call = EmittedRun.Call(arguments: randomArguments(compiled, entry, examples: examples), examples: examples)
        try expectEqual(tiles.run(entry.kind, call), loops.run(entry.kind, call), "\(model.name) \(entry.kind.rawValue) n=\(examples)")
      }
    }
  }

  /// Of which gcc 12 makes instructions that read something else where they are read only under a condition.
  @Test(arguments: [EmittedRun.Compiler.gcc, .clang], [Precision.f32, .f64])
  func choicesInShortRows(compiler: EmittedRun.Compiler, precision: Precision) throws {
    let model = TextModel(
      name: "choices",
      text: """
        input x: [7, 1]
        input z: [6, 6]
        input kind: [3, 7, 7] of class(2)
        param table: [9, 9] = normal(1)
        param v: [3, 2, 7, 1] = normal(1)
        a = attention(x, heads: 1, causal: true)
        b = softmax(where(range(6)[:, new] >= range(6), z, -1e30))
        c = where(table > 0, sum(z) * table, -table)
        d = x * v
        loss sum(square(a)) + mean(square(b)) + mean(c)
        loss nll(d @ transpose(d, axes: [0, 1, 3, 2]), kind, axis: 1)
        output a
        output b
        output c
        """, batch: 3)
    try expectAgreement(model, compiler, precision)
  }

  /// Of which gcc 12 adds up the wrong rows where it asks for the class.
  @Test(arguments: [EmittedRun.Compiler.gcc, .clang], 2...7)
  func rowsOfOneClass(compiler: EmittedRun.Compiler, size: Int) throws {
    let model = TextModel(
      name: "one_class",
      text: """
        input  c: class(1)
        target t: [1]
        v = c |> embedding(\(size)) |> dense(8)
        h = concat(v, gelu(v) |> dense(3, bias: false), axis: 0)
        loss squared_error(h |> dense(1), t)
        """, batch: 7)
    for precision in [Precision.f32, .f64] { try expectAgreement(model, compiler, precision) }
  }

  /// One kernel computes them all, and libtcc takes no call with as many arguments.
  @Test(arguments: [Precision.f32, .f64])
  func hundredsOfNamedValues(precision: Precision) throws {
    let functions = ["exp(-x)", "tanh(x)", "sigmoid(x)", "x + p"]
    let lines = (1..<300).map { "h\($0) = \(functions[$0 % 4].replacing(/x\b/, with: "h\($0 - 1)"))" }
    let text = "param p: [8] = 0.5\nh0 = p / 2\n\(lines.joined(separator: "\n"))\nloss sum(h299)"
    try expectAgreement(TextModel(name: "hundreds", text: text, batch: 2), .gcc, precision, [.inspect])
  }

  private func expectAgreement(
    _ model: TextModel, _ compiler: EmittedRun.Compiler, _ precision: Precision, _ kinds: [EntryKind] = EntryKind.withParameters
  ) throws {
    let (compiled, sources) = try model.compiled(precision, kinds)
    let tiles = try EmittedRun(compiled, .tcc, sources: sources)
    let loops = try EmittedRun(compiled, compiler, sources: sources)
    for entry in compiled.entries {
      for examples in [1, model.batch] {
        let call = EmittedRun.Call(arguments: randomArguments(compiled, entry, examples: examples), examples: examples)
        try expectEqual(tiles.run(entry.kind, call), loops.run(entry.kind, call), "\(entry.kind.rawValue) n=\(examples)")
      }
    }
  }

  private func expectEqual(_ first: EmittedRun.Outcome, _ second: EmittedRun.Outcome, _ title: String) {
    #expect(first.problems == [] && second.problems == [], "\(title)")
    #expect(first.result == second.result, "\(title)")
    for (argument, bits) in first.buffers {
      let other = second.buffers[argument] ?? []
      let different = zip(bits, other).filter { $0 != $1 }.count
      #expect(bits.count == other.count && different == 0, "\(title) \(argument): \(different) of \(bits.count) numbers differ")
    }
  }

  /// Compilers fill vectors with them, which a row of ten does not.
  @Test func functionsOfShortRowsHaveLoopsOfTheirOwn() throws {
    let text = "input x: [30]\ntarget t: class(10)\nloss cross_entropy(x |> dense(10), t)"
    let (compiled, sources) = try TextModel(name: "short", text: text, batch: 50).compiled(.f32, [.loss])
    let source = Emitter.export(compiled, sources: sources, hash: 1).source
    #expect(source.contains(/for \(long j = 0; j < members \* 10; \+\+j\) t\d+_row\[j\] = \w+_exp\(t\d+_row\[j\]\);/))
    #expect(source.contains(/for \(long j = 0; j < members; \+\+j\) t\d+_rows\[j\] = \w+_log\(t\d+_rows\[j\]\);/))
  }

  /// A call takes longer than a few functions do, and many of them longer than a call.
  @Test(arguments: [VectorMachine.avx512, .avx2])
  func loopsComputeFunctionsOfFewNumbers(machine: VectorMachine) throws {
    func calls(columns: Int, batch: Int) throws -> [Substring] {
      let text = "input x: [\(columns)]\ntarget t: [\(columns)]\nloss binary_cross_entropy(x, t)"
      let (compiled, sources) = try TextModel(name: "few", text: text, batch: batch).compiled(.f32, [.loss])
      let source = Emitter.jit(compiled, sources: sources, loops: machine).source
      return source.matches(of: /\n  +nn_f32_(\w+)\(/).map(\.1)
    }
    let few = try calls(columns: 1, batch: 4)
    #expect(few.contains { $0.hasPrefix("loop_") && $0.contains("__exp_") && $0.contains("__log1p_") }, "\(few)")
    #expect(!few.contains("exp") && !few.contains("log1p"), "\(few)")
    let many = try calls(columns: 1000, batch: 40)
    #expect(many.contains("exp") && many.contains("log1p"), "\(many)")
    #expect(!many.contains { $0.contains("__exp_") || $0.contains("__log1p_") }, "\(many)")
  }

  /// Sums over rows, and what all rows share, where rows are whole vectors and not far apart.
  @Test(arguments: [VectorMachine.avx512, .avx2])
  func loopsWalkDownShortRows(machine: VectorMachine) throws {
    func loops(columns: Int) throws -> [Substring] {
      let text = "input x: [30, \(columns)]\nparam s: [\(columns)] = 1\noutput x * s + s\nloss mean(square(x * s))"
      let (compiled, sources) = try TextModel(name: "rows", text: text, batch: 50).compiled(.f32, [.infer, .grad])
      let source = Emitter.jit(compiled, sources: sources, loops: machine).source
      return source.matches(of: /\n  +nn_f32_((loop|rows)_\w+)\(/).map(\.1)
    }
    for (columns, hasSums, hasColumns) in [(32, true, true), (256, true, false), (100, false, false), (1024, false, false)] {
      let found = try loops(columns: columns)
      #expect(found.contains { $0.contains("__sum_") } == hasSums, "\(columns): \(found)")
      #expect(found.contains { $0.contains(/^rows_[a-z]*c/) } == hasColumns, "\(columns): \(found)")
    }
  }

  /// A row that is less than a vector is written elsewhere than it is read, for the next row would wait for it; longer rows take less memory.
  @Test(arguments: [VectorMachine.avx512, .avx2])
  func rowsOfLessThanAVectorAreNotUpdated(machine: VectorMachine) throws {
    func updates(columns: Int) throws -> [Substring] {
      let text = "input x: [8]\ntarget t: class(\(columns))\nloss cross_entropy(x |> dense(\(columns)), t)"
      let (compiled, sources) = try TextModel(name: "rows", text: text, batch: 32).compiled(.f32, [.loss])
      let source = Emitter.jit(compiled, sources: sources, loops: machine).source
      return source.matches(of: /\n  +nn_f32_rows_([a-z]*)__/).map(\.1).filter { $0.contains("u") }
    }
    #expect(try updates(columns: machine == .avx512 ? 10 : 5) == [])
    #expect(try !updates(columns: 20).isEmpty)
  }

  /// In exported C, where compilers would compute the function of the last columns of each row one by one.
  @Test(arguments: [(100, true), (10, true), (96, false), (400, false)])
  func functionsOfUnevenRowsHaveLoopsOfTheirOwn(columns: Int, hasOwn: Bool) throws {
    let text = "input x: [8]\noutput x |> dense(\(columns)) |> sigmoid"
    let (compiled, sources) = try TextModel(name: "rows", text: text, batch: 32).compiled(.f32, [.infer])
    let source = Emitter.export(compiled, sources: sources, hash: 1, isParallel: false).source
    #expect(source.contains(/for \(long j = 0; j < \w+ \* \d+; \+\+j\) \w+\[j\] = \w+_sigmoid\(/) == hasOwn, "\(source)")
  }

  /// Short rows that are written and then reduced: all of a group are written first, so that no sum waits for its own row.
  @Test(arguments: [(12, 32, true), (64, 32, true), (128, 32, true), (200, 32, false), (64, 1, false)])
  func shortRowsAreReducedInGroups(columns: Int, batch: Int, areGrouped: Bool) throws {
    let source = try exported("param s: [\(columns)] = 1\noutput sum(x * s, axis: 1)", columns, batch: batch, .f32)
    let sum = columns <= 16 ? /_row_sum\(\w+_rows, \w+, \d+, 1, \w+, \d+\);/ : /_sum_row\(\w+ \+ .*i.* \* \d+, 1/
    #expect(source.contains(sum) == areGrouped, "\(source)")
  }

  /// A number for each example, or for all, times a row: part of the loop that reads it, or of the one that writes the result.
  @Test(arguments: [Precision.f32, .f64])
  func productsWithSingleNumbers(precision: Precision) throws {
    func model(_ text: String) -> TextModel { TextModel(name: "single", text: "input x: [1]\ninput z: [5, 1]\n" + text, batch: 9) }
    let all = model(
      """
      param v: [6, 1] = normal(1)
      param w: [1, 1] = normal(1)
      y = x |> dense(33) |> tanh |> dense(1)
      o = sigmoid(z @ w)
      loss sum(square(y)) + sum(square(o)) + sum(exp(v @ w))
      output y
      output o
      """)
    for compiler in [EmittedRun.Compiler.gcc, .clang] { try expectAgreement(all, compiler, precision) }
    for text in ["output x |> dense(33, bias: false)", "output x |> dense(33) |> tanh", "output z[new] |> conv(1, kernel: 1)"] {
      let (compiled, sources) = try model(text).compiled(precision, [.infer])
      let program = Emitter.jit(compiled, sources: sources, loops: nil)
      #expect(!program.source.contains(/_(product|dots|pack)\(/) && compiled.entries[0].schedule.memory.size == 0)
    }
  }

  /// What a pixel and each tap of a kernel make is only summed up over windows: it is never in memory, nine times as large as the picture.
  @Test(arguments: [(1, 1), (8, 8)])
  func derivativesOfChannelsByThemselvesAreConvolutions(channels: Int, groups: Int) throws {
    let picture = "[\(channels), 16, 16]"
    let conv = "conv(\(channels), kernel: 3, pad: 1, groups: \(groups))"
    let text = "input x: \(picture)\ntarget t: \(picture)\nloss squared_error(x |> \(conv) |> tanh |> \(conv), t)"
    let (compiled, _) = try TextModel(name: "channels", text: text, batch: 32).compiled(.f32, [.grad, .hvp])
    for entry in compiled.entries { #expect(entry.schedule.memory.size < 12 * 32 * channels * 256, "\(entry.kind)") }
  }

  /// A group is as many rows as fit the nearest cache.
  @Test func groupsOfLongRowsAreSmaller() throws {
    func rows(_ columns: Int, _ precision: Precision) throws -> [Int] {
      let source = try exported("param s: [\(columns)] = 1\noutput softmax(x * s)", columns, batch: 100, precision)
      return source.matches(of: /; group \+= (\d+)\)/).compactMap { Int($0.1) }
    }
    let (few, many, doubles) = (try rows(16, .f32), try rows(128, .f32), try rows(128, .f64))
    #expect(few == [32] && many.count == 1 && many[0] < 32 && doubles == [many[0] / 2], "\(few), \(many), \(doubles)")
  }

  private func exported(_ text: String, _ columns: Int, batch: Int, _ precision: Precision) throws -> String {
    let model = TextModel(name: "rows", text: "input x: [4, \(columns)]\n" + text, batch: batch)
    let (compiled, sources) = try model.compiled(precision, [.infer])
    return Emitter.export(compiled, sources: sources, hash: 1, isParallel: false).source
  }

  /// What the turns of a layer compute is written where the gradients of its weights read it, and a turn is a product and one more kernel.
  @Test func turnsAreNotCopied() throws {
    let (compiled, _) = try ThreadTests.sequence.compiled(.f32, [.infer, .grad])
    let kernels = compiled.entries.map { entry in
      entry.schedule.steps.compactMap { step in if case .kernel(let kernel) = step { kernel } else { nil } }
    }
    let copies = kernels[1].filter { kernel in
      kernel.product == nil && kernel.sinks.isEmpty && kernel.statements.allSatisfy { $0.kind == .compute(.input(0)) }
    }
    #expect(copies.count <= 6, "\(copies.map(\.name))")
    #expect(kernels[0].count <= 2 * 12 + 6, "\(kernels[0].map(\.name))")
  }

  /// Examples draw from their own streams, so a batch may be cut anywhere.
  @Test func drawsDoNotDependOnTheBatch() throws {
    let (compiled, _) = try TextModel.drawing[0].compiled(.f64, [.inspect])
    let entry = try #require(compiled.entries.first)
    let run = try EmittedRun(compiled, .tcc)
    let arguments = randomArguments(compiled, entry, examples: 6)
    let whole = try run.run(.inspect, EmittedRun.Call(arguments: arguments, examples: 6, stream: 1000))
    let input = Argument(.input, 0)
    for (first, count) in [(0, 2), (2, 4)] {
      var part = arguments
      part[input] = Array((arguments[input] ?? [])[(first * 37)..<((first + count) * 37)])
      let outcome = try run.run(.inspect, EmittedRun.Call(arguments: part, examples: count, stream: 1000 + UInt64(first)))
      for (index, report) in entry.program.reports.enumerated() where report.type.isBatched && report.name.hasPrefix("value.") {
        let width = report.type.shape.count
        let expected = (whole.buffers[.report(index)] ?? [])[(first * width)..<((first + count) * width)]
        #expect((outcome.buffers[.report(index)] ?? []).prefix(count * width) == expected, "\(report.name)")
      }
    }
  }
}
