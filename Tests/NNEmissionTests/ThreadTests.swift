import NNEmission
import NNExecution
import NNSchedule
import Testing

/// Work that is shared between threads gives the same bits as work that is not.
struct ThreadTests {
  /// Layers that are cut by columns, the last ones odd; gradients of their weights and a distribution over many classes, cut by rows; long elementwise work.
  static let shared = TextModel(name: "shared", text: text, batch: 101)

  /// With so few examples that products are computed as their transposes.
  static let turned = TextModel(name: "turned", text: text, batch: 48)

  /// Sums over rows that are cut: statistics of a batch and their gradients, that of a bias, and a loss.
  static let summed = TextModel(
    name: "summed",
    text: """
      input x: [2, 9, 9]
      input w: [700]
      target t: class(5)
      h = x |> conv(6, kernel: 3, pad: 1) |> batchnorm |> relu |> conv(17, kernel: 3) |> tanh
      loss cross_entropy(h |> flatten |> dense(5), t) + mean(square(exp(w) * sin(w)))
      train { optimizer sgd(rate: 0.1, momentum: 0.9) }
      """, batch: 101)

  /// Products with many more rows than columns, cut by rows.
  static let tall = TextModel(
    name: "tall",
    text: """
      input x: [256, 128]
      h = x |> dense(48) |> tanh |> dense(24)
      loss mean(square(h))
      train { optimizer sgd(rate: 0.1) }
      """, batch: 12)

  /// Convolutions by tiles, cut by pictures, lines, and rows of gradients.
  static let tiled = TextModel(name: "tiled", text: pictures, batch: 9)
  static let fewTiled = TextModel(name: "few_tiled", text: pictures, batch: 2)

  private static let pictures = """
    input x: [32, 25, 14]
    target t: class(5)
    h = x |> conv(35, kernel: 3, pad: 1) |> batchnorm |> relu |> conv(32, kernel: 3) |> tanh
    scores = h |> global_avgpool |> dense(5)
    output scores
    loss cross_entropy(scores, t)
    train { optimizer sgd(rate: 0.1, momentum: 0.9) }
    """

  /// Many small kernels, through which parts of the examples go on their own.
  static let sequence = TextModel(
    name: "sequence",
    text: """
      input x: [6, 30]
      input words: [6] of class(11)
      target t: class(5)
      h = (x |> lstm(50) |> layernorm) + (words |> embedding(50) |> gru(50))
      scores = h[5] |> dense(5)
      output scores
      loss cross_entropy(scores, t)
      train { optimizer sgd(rate: 0.1, momentum: 0.9) }
      """, batch: 50)

  /// Rows too short to fill vectors, more to a chunk than make a pass together: with a product of their own, and without.
  static let short = TextModel(
    name: "short",
    text: """
      input x: [2500]
      input z: [40, 30]
      target t: class(10)
      s = x |> dense(10)
      output s
      loss cross_entropy(s, t) + mean(square(softmax(z)))
      train { optimizer sgd(rate: 0.1, momentum: 0.9) }
      """, batch: 300)

  /// A kernel that reads more numbers than a function takes parameters, before one that reads what it computes.
  static let manyNumbers = TextModel(
    name: "many_numbers",
    text: (0..<61).map { "param a\($0) = 0.\($0 + 10)\n" }.joined() + """
      input x: [64]
      h = \((0..<61).map { "sin(a\($0) * x)" }.joined(separator: " + "))
      s = h |> dense(20) |> tanh |> dense(10)
      output s
      loss mean(square(s))
      train { optimizer sgd(rate: 0.1, momentum: 0.9) }
      """, batch: 70)

  private static let text = """
    input x: [300]
    target t: class(10)
    h = x |> dense(251) |> tanh |> dense(130) |> relu
    scores = h |> dense(10)
    loss cross_entropy(scores, t)
    output distribution = softmax(h |> dense(400))
    output wave = exp(sin(x)) * tanh(x)
    train { optimizer sgd(rate: 0.1, momentum: 0.9) }
    """

  @Test(arguments: [shared, turned, summed, tall, tiled, fewTiled, sequence, short, manyNumbers, .packedByAll], [Precision.f32, .f64])
  func sharingChangesNoBit(model: TextModel, precision: Precision) throws {
    let (compiled, sources) = try model.compiled(precision, [.infer, .loss, .grad, .step, .update, .hvp])
    var run = try EmittedRun(compiled, .tcc, sources: sources)
    var native = try EmittedRun(compiled, precision == .f32 ? .gcc : .clang, sources: sources)
    #expect(run.emitted.sharesWork && native.emitted.sharesWork)
    for entry in compiled.entries {
      for examples in [1, model.batch / 2, model.batch] {
        let call = EmittedRun.Call(arguments: randomArguments(compiled, entry, examples: examples), examples: examples)
        run.pool = nil
        let alone = try run.run(entry.kind, call)
        #expect(alone.problems == [])
        for lanes in [1, 2, 3, 8] {
          let pool = try WorkerPool(lanes: lanes)
          (run.pool, native.pool) = (pool, pool)
          #expect(try run.run(entry.kind, call) == alone, "\(entry.kind.rawValue) of \(examples) with \(lanes) lanes")
          #expect(try native.run(entry.kind, call) == alone, "\(entry.kind.rawValue) of \(examples) with \(lanes) lanes, optimised")
        }
      }
    }
  }

  /// Where two threads write columns of the same rows. A few of a hundred calls differed while gcc stored what it had read beside its own columns.
  @Test(arguments: [EmittedRun.Compiler.gcc, .clang])
  func columnsOfOthersAreNotWritten(compiler: EmittedRun.Compiler) throws {
    let (compiled, sources) = try Self.tall.compiled(.f32, [.step])
    let entry = try #require(compiled.entries.first)
    var run = try EmittedRun(compiled, compiler, sources: sources)
    let call = EmittedRun.Call(arguments: randomArguments(compiled, entry, examples: 12), examples: 12)
    let alone = try run.run(.step, call)
    run.pool = try WorkerPool(lanes: 2)
    for turn in 1...100 { #expect(try run.run(.step, call) == alone, "turn \(turn)") }
  }

  @Test func onlyParallelProgramsForbidIt() throws {
    let (compiled, sources) = try Self.tall.compiled(.f32, [.step])
    for isParallel in [false, true] {
      let source = Emitter.export(compiled, sources: sources, hash: 1, isParallel: isParallel).source
      #expect(source.contains(/^[^{}]*\n#pragma GCC optimize\("no-predictive-commoning"\)\n/) == isParallel)
    }
  }

  @Test func chunksHaveTheirOwnSums() throws {
    let (compiled, sources) = try Self.summed.compiled(.f32, [.step])
    #expect(Emitter.jit(compiled, sources: sources, loops: nil).source.contains("col_sum(part"))
    let (dense, denseSources) = try Self.shared.compiled(.f32, [.step])
    #expect(!Emitter.jit(dense, sources: denseSources, loops: nil).source.contains("col_sum(part"))
  }

  @Test func gradientsOfWeightsAreCutByRows() throws {
    let (dense, sources) = try Self.shared.compiled(.f32, [.step])
    let source = Emitter.jit(dense, sources: sources, loops: nil).source
    #expect(source.contains("const long first = chunk * 32;\n  const long rows = 251 - first < 32 ? 251 : first + 32;"))
  }

  @Test func tallProductsAreCutByRows() throws {
    let (compiled, sources) = try Self.tall.compiled(.f32, [.loss])
    let source = Emitter.jit(compiled, sources: sources, loops: nil).source
    #expect(source.contains("const long first = chunk * 384;\n  const long rows = 256L * n - first < 384 ? 256L * n : first + 384;"))
  }

  @Test func picturesAreCutByLinesWhereThereAreFew() throws {
    for (model, loops) in [(Self.tiled, "block1 = first; block1 < last"), (Self.fewTiled, "block2 = first; block2 < last")] {
      let (compiled, sources) = try model.compiled(.f32, [.infer])
      let source = Emitter.jit(compiled, sources: sources, loops: nil).source
      #expect(source.contains("nn_f32_winograd(") && source.contains(loops), "\(model.name)")
    }
  }

  /// Pictures that are one group of lines are cut from each other, however few they are.
  @Test func fewSmallPicturesAreShared() throws {
    let text = "input x: [128, 8, 8]\ninput y: []\nh = x |> conv(128, kernel: 3, pad: 1)\nloss mean(square(h)) * y"
    let (compiled, sources) = try TextModel(name: "small", text: text, batch: 3).compiled(.f32, [.loss])
    let source = Emitter.jit(compiled, sources: sources, loops: nil).source
    #expect(source.contains("nn_f32_winograd(") && source.contains("block1 = first; block1 < last"))
  }

  @Test func partsOfTheExamplesGoThroughManyKernels() throws {
    let (compiled, sources) = try Self.sequence.compiled(.f32, [.infer])
    let source = Emitter.jit(compiled, sources: sources, loops: nil).source
    #expect(source.contains("parallel ? parallel->lanes : 1;") && source.contains("sequence_infer_part(void *frame"))
    let (small, smallSources) = try TextModel(name: "small", text: Self.sequence.text, batch: 31).compiled(.f32, [.infer])
    #expect(!Emitter.jit(small, sources: smallSources, loops: nil).source.contains("_part("))
  }

  @Test func fewActivationsArePackedInsteadOfWeights() throws {
    let (straight, sources) = try Self.shared.compiled(.f32, [.infer])
    #expect(!Emitter.jit(straight, sources: sources, loops: nil).source.contains("nn_f32_turn("))
    let (turned, turnedSources) = try Self.turned.compiled(.f32, [.infer])
    #expect(Emitter.jit(turned, sources: turnedSources, loops: nil).source.contains("nn_f32_turn("))
    // Small layers, which are not cut, as a whole.
    let text = "input x: [64]\nh = x |> dense(100) |> sigmoid\noutput h"
    let (small, smallSources) = try TextModel(name: "small", text: text, batch: 32).compiled(.f32, [.infer])
    let program = Emitter.jit(small, sources: smallSources, loops: nil)
    #expect(program.source.contains("nn_f32_turn(t0, 100, turned, rows, rows, 100)") && !program.sharesWork)
  }

  @Test func smallWorkIsNotShared() throws {
    let (compiled, sources) = try TextModel.wide[2].compiled(.f32)
    #expect(!Emitter.jit(compiled, sources: sources, loops: nil).sharesWork)
  }

  @Test func onlyParallelProgramsTakeThreads() throws {
    let (compiled, sources) = try Self.shared.compiled(.f32, [.initialize, .step, .infer])
    let plain = Emitter.export(compiled, sources: sources, hash: 1)
    let parallel = Emitter.export(compiled, sources: sources, hash: 1, isParallel: true)
    #expect(!plain.source.contains("parallel") && !plain.header.contains("LANE_WORKSPACE"))
    #expect(parallel.header.contains("void *workspace, const shared_parallel *parallel);"))
    #expect(parallel.header.contains("#define SHARED_LANE_WORKSPACE"))
  }
}
