import Glibc
import NNData
import NNElaboration
import NNEmission
import NNExecution
import NNGraph
import NNOperations
import NNQuantization
import NNSource
import Testing

@testable import NNTraining

/// Networks in integers: every kind of layer by the C against sums written out one by one, and against the float network.
@Suite struct QuantizationTests {
  /// A network with weights of its own.
  struct Case {
    let setup: ModelSetup
    let plan: QuantizationPlan
    let table: ExampleTable

    init(_ text: String, examples: Int = 40) throws {
      let elaboration = Elaboration.run(ModelText(name: "test.nn", bytes: Array(text.utf8))) { _ in .unreadable("no files here") }
      let model = try #require(elaboration.model, "\(elaboration.diagnostics.map(\.message))")
      var setup = ModelSetup(model, sources: elaboration.sources)
      for tensor in try setup.weights(from: nil) {
        let numbers = tensor.storage.doubles.enumerated().map { index, number in
          tensor.name.hasSuffix("weight") ? number : number + 0.3 + 0.2 * Double(index % 5)
        }
        for index in setup.model.parameters.indices where setup.model.parameters[index].name == tensor.name {
          setup.model.parameters[index].initial = .literal(numbers)
        }
        for index in setup.model.states.indices where setup.model.states[index].name == tensor.name {
          setup.model.states[index].initial = .literal(numbers)
        }
      }
      self.setup = setup
      plan = try QuantizationPlan.read(setup.model, calls: elaboration.calls).get()
      table = try setup.reader.random(examples)
    }

    var quantization: Quantization { get throws { try Quantization(setup, plan, table) } }
  }

  /// One model for each kind of layer and for what can go along with it.
  static let models = [
    "input x: [7]\noutput x |> dense(5)",
    "input x: [7]\noutput softmax(x |> dense(33) |> relu |> dense(21) |> sigmoid |> dense(4))",
    "input x: [3, 6]\noutput x |> dense(9) |> tanh |> dense(2, bias: false)",
    "input x: [130]\nh = x / 3 |> dense(150) |> gelu\noutput h |> dense(70)",
    "input x: [1, 9, 8]\noutput x |> conv(5, kernel: 3) |> relu |> maxpool(2) |> flatten |> dense(3)",
    "input x: [3, 9, 8]\noutput x |> conv(18, kernel: 3, pad: 1) |> relu |> conv(16, kernel: [2, 3], stride: 2) |> flatten |> dense(3)",
    "input x: [4, 9, 9]\noutput x |> conv(8, kernel: 3, pad: same, stride: 2, dilation: 2) |> leaky_relu |> global_avgpool |> dense(3)",
    "input x: [4, 6, 6]\noutput x |> conv(8, kernel: 3, groups: 2, pad: 1) |> elu |> conv(6, kernel: 1) |> global_maxpool |> dense(3)",
    "input x: [6, 7, 7]\noutput x |> conv(6, kernel: 3, groups: 6, pad: 1, stride: 2) |> relu |> conv(20, kernel: 1) |> global_avgpool",
    "input x: [3, 8, 8]\noutput x |> conv(4, kernel: 3, bias: false) |> batchnorm |> relu |> avgpool(3, stride: 2, pad: 1) |> flatten |> dense(2)",
    "input x: [3, 8, 8]\noutput x |> conv(17, kernel: 3) |> relu |> batchnorm |> conv(3, kernel: 3) |> silu |> maxpool(3, stride: 2, pad: 1) |> flatten |> dense(2)",
    "input x: [3, 8, 8]\nh = x |> conv(6, kernel: 3, pad: 1) |> relu\ny = h |> conv(6, kernel: 3, pad: 1) |> batchnorm\noutput relu(h + y) |> global_avgpool |> dense(2)",
    "input x: [3, 8, 8]\nh = x |> conv(6, kernel: 3, pad: 1)\ny = relu(h) |> conv(6, kernel: 3, pad: 1)\noutput tanh(h - y) |> flatten |> dense(2)",
    "input x: [3, 6, 6]\na = x |> conv(5, kernel: 1) |> relu\nb = x |> conv(4, kernel: 3, pad: 1) |> sigmoid\noutput concat(a, b, axis: 0) |> conv(2, kernel: 3) |> flatten |> dense(2)",
    "input x: [2, 4, 4]\noutput x |> conv(3, kernel: 3, pad: 1) |> relu |> upsample(2) |> conv(2, kernel: 3) |> global_avgpool",
    "input x: [2, 5, 5]\noutput softmax(x |> conv(19, kernel: 3), axis: 0)",
    "input x: [12]\ninput z: [5]\noutput concat(x |> dense(6) |> relu, z |> dense(7), axis: 0) |> dense(2)\noutput x |> dense(1)",
    "input x: [3, 8]\noutput transpose(x) |> dense(4) |> relu |> flatten |> dense(2)",
    "input x: [6]\nparam w = [[1, 2, 3, 4, 5, 6], [1, 0, 1, 0, 1, -3]]\noutput w @ x",
    "input x: [2, 3, 4]\noutput reshape(transpose(x, axes: [1, 0, 2]) |> relu, [24]) |> dense(3)",
    "input x: [3, 6, 6]\nh = x |> conv(8, kernel: 3)\noutput h |> relu |> flatten |> dense(2)\noutput h",
    "input x: [5]\nh = x |> dense(6) |> dropout(0.5)\noutput h + exp(h / 4) * random_normal([6]) |> dense(3)",
    "input x: [2, 6]\nparam a = [1, 2, 3, 4, 5, 6]\nh = relu(x |> dense(6)) * a + 1\noutput h |> dense(2)",
    "input x: [3, 4, 4]\noutput x / 2 - 1 |> relu |> conv(7, kernel: 2) |> maxpool(2) |> gelu |> conv(3, kernel: 1) |> flatten |> dense(2)",
    "input x: [8]\nlet many = 5\nh = x |> dense(8)\noutput clip(h, -1, 1) |> dense(3) |> softplus",
    "input x: [5]\ns = x |> dense(3)\noutput s\noutput s * 2",
    "input x: [4]\nparam weight = [[1e-9, 2e-9, -3e-9, 1e-9], [0, 0, 0, 0]]\noutput relu(weight @ x) * 1e9 |> dense(2)",
    "input x: [3, 5, 5]\noutput pad(x |> conv(4, kernel: 3) |> tanh, amounts: [0, 0, 1, 1, 2, 0]) |> conv(3, kernel: 2) |> global_maxpool",
  ]

  @Test(arguments: models.indices) func computesEveryKindOfLayer(index: Int) throws {
    let own = try Case(Self.models[index])
    let calibration = try own.quantization.calibration()
    let network = try #require(own.plan.network(calibration, sharesMemory: false))
    let integer = try RunningIntegers(own.setup, own.quantization.program(network), isLong: false)
    let float = try WatchedNetwork(own.setup, network.observed.map(\.value), on: own.table)
    float.run(Array(0..<12)) { batch in
      for example in 0..<batch.count {
        integer.run(example, of: float.instance.memory.examples)
        let inputs = own.setup.model.inputs.indices.map { float.input($0, example: example) }
        let reference = IntegerReference(network, inputs: inputs)
        for observed in network.observed {
          let start = network.offsets[observed.buffer]
          let wanted = observed.places.map { reference.memory[start + $0] }
          #expect(integer.bytes(observed) == wanted, "\(observed.layer)")
        }
        for (place, real) in reference.reals { #expect(integer.real(at: place) == real) }
      }
    }
  }

  /// Against the float network: a byte has 48 dB, each layer loses some of them.
  @Test(arguments: models.indices) func staysNearTheFloatNetwork(index: Int) throws {
    let own = try Case(Self.models[index])
    let report = try own.quantization.run().report
    #expect(report.compared == 40)
    for layer in report.layers + report.outputs { #expect(layer.decibels > 25, "\(layer.kind) \(layer.name)") }
  }

  /// What floats do behind the integers is not the network once more.
  @Test(arguments: models.indices) func leavesNoProductsToFloats(index: Int) throws {
    let own = try Case(Self.models[index])
    let rest = try #require(own.plan.network(own.quantization.calibration())).rest.graph
    for id in 0..<rest.graph.count {
      if case .contraction = rest.operation(Value(id)).lowering { Issue.record("a product is left") }
    }
  }

  /// What cancels on all examples has a range far smaller than a step of what it is made of; sums stay within 32 bits all the same.
  @Test(arguments: ["a - (weight * 1.0000001) @ x", "a + (weight * -1.0000001) @ x"]) func holdsSumsThatCancel(sum: String) throws {
    let own = try Case(
      """
      input x: [4]
      param weight = [[1, 2, -3, 1], [0.5, 0, 2, 1], [1, 1, 1, 3]]
      a = weight @ x
      output relu(\(sum)) |> dense(2)
      """)
    let network = try #require(own.plan.network(own.quantization.calibration()))
    let sums = network.layers.compactMap { layer -> SumLayer? in
      if case .sum(let sum) = layer.kind { return sum }
      return nil
    }
    #expect(sums.count == 1)
    for sum in sums {
      let largest = (Int(sum.first.magnitude) + Int(sum.second.magnitude)) * 255 + Int(sum.offset.magnitude)
      #expect(sum.first != 0 && sum.second != 0 && largest <= Int(Int32.max))
    }
  }

  /// A network whose floats cancel has no signal to compare with.
  @Test func tellsNoSignalFromNoNoise() throws {
    let own = try Case("input x: [1]\nparam weight = [[2, -1, -1]]\noutput weight @ concat(x, x, x, axis: 0)")
    let outputs = try own.quantization.run().report.outputs
    #expect(outputs.map(\.decibels) == [-.infinity])
  }

  /// Memory that is used again and again holds the same results.
  @Test(arguments: models.indices) func sharesMemory(index: Int) throws {
    let own = try Case(Self.models[index])
    let calibration = try own.quantization.calibration()
    let networks = [true, false].compactMap { own.plan.network(calibration, sharesMemory: $0) }
    #expect(networks[0].memory <= networks[1].memory)
    let running = try networks.map { try RunningIntegers(own.setup, own.quantization.program($0), isLong: false) }
    let float = try WatchedNetwork(own.setup, [], on: own.table)
    float.run([0, 1, 2]) { batch in
      for example in 0..<batch.count {
        for one in running { one.run(example, of: float.instance.memory.examples) }
        for output in own.setup.model.outputs.indices { #expect(running[0].output(output) == running[1].output(output)) }
      }
    }
  }

  /// Plain C by libtcc against whatever vectors this machine has.
  @Test(arguments: models.indices) func computesTheSameWithVectors(index: Int) throws {
    let own = try Case(Self.models[index])
    let network = try #require(own.plan.network(own.quantization.calibration()))
    let running = try [true, false].map { try RunningIntegers(own.setup, own.quantization.program(network), isLong: $0) }
    let float = try WatchedNetwork(own.setup, [], on: own.table)
    float.run(Array(0..<8)) { batch in
      for example in 0..<batch.count {
        for one in running { one.run(example, of: float.instance.memory.examples) }
        // What floats make of it may round otherwise; integers do not.
        for output in own.setup.model.outputs.indices {
          let pairs = zip(running[0].output(output), running[1].output(output))
          #expect(pairs.allSatisfy { abs($0 - $1) <= 1e-6 * max(1, abs($1)) })
        }
        for buffer in network.handedOver {
          #expect(running[0].real(at: network.offsets[buffer]) == running[1].real(at: network.offsets[buffer]))
        }
      }
    }
  }

  // MARK: What cannot be

  /// Numbers that cannot be read any more would be zeros to both networks.
  @Test func aFileThatIsCutShortIsAnError() throws {
    let own = try Case("input x: [2, 2]\noutput x |> flatten |> dense(3)")
    try withTemporaryFolder { folder in
      let path = folder + "/images"
      let table = ExampleTable(count: 1000, columns: [try .images(path)])
      let quantization = try Quantization(own.setup, own.plan, table)
      let network = try #require(own.plan.network(quantization.calibration(), sharesMemory: false))
      let program = try quantization.program(network)
      #expect(try IntegerComparison(own.setup, program, table, [1, 999]).report.compared == 2)
      #expect(truncate(path, 2000) == 0)
      #expect(throws: DataError.self) { try IntegerComparison(own.setup, program, table, [1, 999]) }
    }
  }

  private static let impossible = [
    ("input x: [4]\noutput relu(x)", "there is no dense layer and no convolution"),
    ("input x: [6, 4]\noutput x |> attention(heads: 2) |> dense(2)", "a product of two values that both depend on the example"),
    ("input x: [6, 4]\noutput (x |> gru(3))[5] |> dense(2)", "of several values that depend on the example"),
    ("input x: [4]\nstate h: [3] = [0, 0, 0]\nnext h = tanh((x |> dense(3)) + h)\noutput h |> dense(2)", "memory between calls"),
    ("input k: class(4)\noutput k |> embedding(3) |> dense(2)", "cannot be computed with integers"),
    ("input x: [4]\noutput random_normal([4]) |> dense(3)\noutput x |> dense(2)", "a constant in the place"),
    ("input x: [3, 4]\noutput x |> layernorm |> dense(2)", "cannot be computed with integers"),
  ]

  @Test(arguments: impossible.indices) func saysWhatCannotBe(index: Int) throws {
    let (text, message) = Self.impossible[index]
    let elaboration = Elaboration.run(ModelText(name: "test.nn", bytes: Array(text.utf8))) { _ in .unreadable("no files here") }
    let model = try #require(elaboration.model, "\(elaboration.diagnostics.map(\.message))")
    guard case .failure(let failure) = QuantizationPlan.read(model, calls: elaboration.calls) else {
      Issue.record("it was read")
      return
    }
    #expect(failure.diagnostics.contains { $0.message.contains(message) }, "\(failure.diagnostics.map(\.message))")
  }
}

extension WatchedNetwork {
  /// One example of an input of the batch at hand.
  fileprivate func input(_ index: Int, example: Int) -> [Float] {
    let count = instance.model.inputs[index].type.shape.count
    let numbers = instance.memory.examples.address(ofPort: index).assumingMemoryBound(to: Float.self)
    return (0..<count).map { numbers[example * count + $0] }
  }
}

extension RunningIntegers {
  /// A real among the bytes of the last call.
  fileprivate func real(at place: Int) -> Float { workspace.withSpan(of: Float.self) { $0[place / 4] } }
}
