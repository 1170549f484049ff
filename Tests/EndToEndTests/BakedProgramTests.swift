import NNEmission
import NNGraph
import NNOperations
import NNSchedule
import NNTestSupport
import Testing

/// Inference with the weights as constants gives the very bits of inference that is handed them.
@Suite struct BakedProgramTests {
  private static let batch = 5

  /// Few enough for a compiler to be quick.
  private static let examples = ["digits", "lenet", "hello", "vae", "automaton", "norm", "matrix", "patterns", "softmax", "xor", "ntm"]

  @Test(arguments: [Precision.f32, .f64])
  func constantsChangeNothing(precision: Precision) throws {
    let cases = try Self.models().enumerated().map { index, model in
      var model = model
      model.name = "baked\(index)"
      return try Case(model, precision: precision, seed: UInt64(index))
    }
    let codes = try LoadedCode.cc(cases.map(\.printed))
    for (code, item) in zip(codes, cases) { try item.check(code) }
  }

  /// Kernels that are baked as tiles are multiplied with them: read as they are, and together with a scale.
  private static let tiled = ModelSource(
    "tiled.nn",
    """
    input x: [16, 12, 13]
    h = x |> conv(34, kernel: 3, pad: 1) |> relu |> batchnorm |> conv(16, kernel: 3, pad: 1, bias: false)
    output y = h |> tanh |> conv(32, kernel: 3)
    """)

  /// A gradient of kernels that is the same for all examples.
  private static let gradient = ModelSource(
    "gradient.nn",
    """
    input x: []
    param P: [32, 14, 14] = 0.5
    layer c = conv(40, kernel: 3, pad: 1, init: 0.1)
    h = P |> c
    g = gradient(mean(square(h)), c.weight)
    output y = g * x
    """)

  /// The examples that have outputs, and models made at random.
  private static func models() throws -> [Model] {
    let examples = try examples.map { try ModelSource(example: $0).model() } + [tiled.model(), gradient.model()]
    let random = (0..<12).map { RandomModel.make(seed: UInt64($0 + 4000), operations: 5 + $0) }
    return (examples + random).filter { !$0.outputs.isEmpty }
  }

  /// One model with weights of its own.
  private struct Case {
    var printed: PrintedProgram
    var numbers: CallNumbers

    init(_ source: Model, precision: Precision, seed: UInt64) throws {
      let optimizer = try Optimizers.momentum()
      numbers = CallNumbers(source, slots: 1, n: BakedProgramTests.batch, seed: seed)
      var model = source
      for index in model.parameters.indices {
        model.parameters[index].initial = .literal(numbers.values[Argument(.parameter, index)] ?? [])
      }
      for index in model.states.indices where !model.states[index].type.isBatched {
        model.states[index].initial = .literal(numbers.values[Argument(.state, index)] ?? [])
      }
      printed = PrintedProgram(
        model, optimizer: optimizer, entries: [.infer, .predict, .predictBatch, .predictStart], batch: BakedProgramTests.batch,
        precision: precision)
    }

    func check(_ code: LoadedCode) throws {
      let model = printed.compiled.model
      let several = try call(.predictBatch, code, numbers)
      let inferred = try call(.infer, code, numbers)
      let one = try call(.predict, code, numbers.firstExample(of: model))
      for outcome in [several, inferred, one] { #expect(outcome.damaged == [], "\(model.name)") }
      for (index, output) in model.outputs.enumerated() {
        let all = try #require(several.bytes[.output(index)])
        #expect(all == inferred.bytes[.output(index)], "\(model.name): \(output.name)")
        let first = try #require(one.bytes[.output(index)])
        #expect(first == Array(all.prefix(first.count)), "\(model.name): \(output.name) of one example")
      }
    }

    private func call(_ kind: EntryKind, _ code: LoadedCode, _ numbers: CallNumbers) throws -> EntryCall.Outcome {
      try code.call(kind, of: printed.compiled, numbers).after
    }
  }
}

extension CallNumbers {
  /// What a call of the first example alone reads.
  fileprivate func firstExample(of model: Model) -> CallNumbers {
    var result = self
    result.n = 1
    for (role, types) in [
      (Argument.Role.input, model.inputs.map(\.type)), (.target, model.targets.map(\.type)), (.state, model.states.map(\.type)),
    ] {
      for (index, type) in types.enumerated() where type.isBatched || role != .state {
        let argument = Argument(role, index)
        result.values[argument] = values[argument].map { Array($0.prefix(type.shape.count)) }
      }
    }
    return result
  }
}
