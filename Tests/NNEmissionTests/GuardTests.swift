import NNEmission
import NNGraph
import NNSchedule
import Testing

/// Calls that the contract does not allow.
struct GuardTests {
  private static let model = TextModel(
    name: "guarded",
    text: """
      input x: [3]
      input word: [2] of class(4)
      target y: class(5)
      e = one_hot(word, classes: 4) |> flatten
      s = concat(x, e, axis: 0) |> dense(5)
      loss cross_entropy(s, y)
      output p = softmax(s)
      output q = sum(s)
      """, batch: 4)

  private static let compilers: [EmittedRun.Compiler] = [.tcc, .gcc]

  private func arguments(_ run: EmittedRun, _ kind: EntryKind) -> [Argument: [Double]] {
    run.compiled.entries.first { $0.kind == kind }.map { randomArguments(run.compiled, $0, examples: 4) } ?? [:]
  }

  @Test(arguments: compilers)
  func wrongCountsReturnNaN(compiler: EmittedRun.Compiler) throws {
    let run = try EmittedRun(Self.model.compiled(.f32).model, compiler)
    for kind in [EntryKind.loss, .grad, .step, .gradInputs, .jvp, .hvp, .infer, .evaluate] {
      let given = arguments(run, kind)
      for examples in [0, -1, 5, Int(Int32.max), Int(Int32.min)] {
        let call = EmittedRun.Call(arguments: given, examples: examples)
        try expectRefusal(run, kind, call, filled: max(0, min(examples, 4)), "\(kind.rawValue) n=\(examples)")
      }
    }
  }

  @Test(arguments: compilers, [Argument(.target, 0), Argument(.input, 1)])
  func wrongClassesReturnNaN(compiler: EmittedRun.Compiler, argument: Argument) throws {
    let run = try EmittedRun(Self.model.compiled(.f32).model, compiler)
    for kind in [EntryKind.loss, .grad, .step, .infer] where !(kind == .infer && argument.role == .target) {
      for wrong in [-1.0, 5, 1e9, -2e9] {
        var given = arguments(run, kind)
        let last = (given[argument]?.count ?? 1) - 1
        given[argument]?[last] = wrong
        try expectRefusal(run, kind, EmittedRun.Call(arguments: given, examples: 4), filled: 4, "\(kind.rawValue) class \(wrong)")
      }
    }
  }

  /// The result is NaN, outputs are filled with it, and nothing else has changed.
  private func expectRefusal(_ run: EmittedRun, _ kind: EntryKind, _ call: EmittedRun.Call, filled: Int, _ title: String) throws {
    let outcome = try run.run(kind, call)
    #expect(outcome.problems == [], "\(title)")
    #expect(outcome.result.isEmpty == (kind == .infer || kind == .evaluate), "\(title)")
    if let result = outcome.result.first { #expect(number(result, isDouble: false).isNaN, "\(title)") }
    let untouched = try run.contents(kind, call)
    let nan = UInt64(Float.nan.bitPattern)
    for (argument, bits) in outcome.buffers {
      if case .output(let index) = argument {
        let width = run.compiled.model.graph.shape(run.compiled.model.outputs[index].value).count
        #expect(bits.prefix(filled * width).allSatisfy { $0 == nan }, "\(title) \(argument)")
        #expect(
          Array(bits.dropFirst(filled * width)) == Array((untouched[argument] ?? []).dropFirst(filled * width)), "\(title) \(argument)")
      } else if case .report = argument {
        continue
      } else {
        #expect(bits == untouched[argument], "\(title) \(argument)")
      }
    }
  }

  @Test(arguments: compilers)
  func aLossThatIsNotFiniteChangesNothing(compiler: EmittedRun.Compiler) throws {
    let run = try EmittedRun(Self.model.compiled(.f32).model, compiler)
    for kind in [EntryKind.grad, .step, .gradInputs] {
      var given = arguments(run, kind)
      given[Argument(.input, 0)]?[4] = .infinity
      let call = EmittedRun.Call(arguments: given, examples: 4)
      let outcome = try run.run(kind, call)
      #expect(outcome.problems == [])
      #expect(outcome.result.first.map { !number($0, isDouble: false).isFinite } == true)
      for (argument, bits) in try run.contents(kind, call) { #expect(outcome.buffers[argument] == bits, "\(kind.rawValue) \(argument)") }
    }
  }
}
