import NNEmission
import NNExecution
import NNSchedule
import Testing

/// Work that is shared between threads gives the same bits as work that is not.
struct ThreadTests {
  /// Layers that are cut by columns, the last ones odd; a distribution over many classes, cut by rows; long elementwise work.
  static let shared = TextModel(
    name: "shared",
    text: """
      input x: [300]
      target t: class(10)
      h = x |> dense(251) |> tanh |> dense(130) |> relu
      scores = h |> dense(10)
      loss cross_entropy(scores, t)
      output distribution = softmax(h |> dense(400))
      output wave = exp(sin(x)) * tanh(x)
      train { optimizer sgd(rate: 0.1, momentum: 0.9) }
      """, batch: 101)

  @Test(arguments: [Precision.f32, .f64])
  func sharingChangesNoBit(precision: Precision) throws {
    let (compiled, sources) = try Self.shared.compiled(precision, [.infer, .loss, .grad, .step, .update, .hvp])
    var run = try EmittedRun(compiled, .tcc, sources: sources)
    var native = try EmittedRun(compiled, precision == .f32 ? .gcc : .clang, sources: sources)
    #expect(run.emitted.sharesWork && native.emitted.sharesWork)
    for entry in compiled.entries {
      for examples in [1, 50, 101] {
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

  @Test func smallWorkIsNotShared() throws {
    let (compiled, sources) = try TextModel.wide[2].compiled(.f32)
    #expect(!Emitter.jit(compiled, sources: sources).sharesWork)
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
