import NNEmission
import NNExecution
import NNGraph
import NNOperations
import NNSchedule
import NNSource
import Testing

/// Models as people write them, with states, random draws, classes and several losses, against a plain interpreter of their graphs.
@Suite struct ModelProgramTests {
  @Test(arguments: ModelSource.exampleNames, [Precision.f64, .f32])
  func examples(name: String, precision: Precision) throws {
    try check(ModelSource(example: name), precision)
  }

  @Test(arguments: [Precision.f64, .f32])
  func everyConstruct(precision: Precision) throws {
    try check(ModelSource("everything.nn", String(decoding: HostileTexts.everything(), as: UTF8.self)), precision)
  }

  /// What is drawn differs by example, and what is remembered too.
  @Test(arguments: [Precision.f64, .f32])
  func drawsAndStates(precision: Precision) throws {
    let text = """
      input  x: [3, 5]
      target t: [4]
      state  h: [4] = 0.5
      state  turns: [] = 0
      param  a: [5] = normal(0.3)
      seen = (x + random_uniform([3, 5]) * noise(a, 0.1)) |> dropout(0.3) |> flatten |> dense(4)
      next h = tanh(seen + 0.5 * h)
      next turns = turns + 1
      y = h + seen * (turns < 2) + random_normal([4]) * sum(a)
      loss mean_squared_error(y, t)
      loss rest = 0.1 * l2(weights) trains dense1
      output y
      output turns
      """
    try check(ModelSource("states.nn", text), precision)
  }

  /// With a bound on the gradient, every update needs all gradients.
  @Test(arguments: Optimizers.rules.map { $0.name })
  func optimizersWithABound(name: String) throws {
    let text = """
      input  x: [6]
      target t: class(4)
      scores = x |> dense(9) |> tanh |> dense(4)
      loss cross_entropy(scores, t) + 0.1 * l2(weights)
      train { optimizer \(name)(rate: 0.05, decay: 0.1); clip 0.5 }
      """
    for precision in [Precision.f64, .f32] {
      let source = ModelSource("\(name).nn", text)
      try check(source, precision)
      try checkStepInTwo(source, precision)
    }
  }

  /// Whoever sums the gradients of several machines calls `grad` and `update`: together they are `step`, bit for bit.
  private func checkStepInTwo(_ source: ModelSource, _ precision: Precision) throws {
    let printed = try source.printed(
      entries: [.grad, .step, .update], batch: 5, precision: precision, name: "two_\(source.name.prefix(5))")
    let compiled = printed.compiled
    for program in [try LoadedCode.tcc(printed)] + (try LoadedCode.cc([printed])) {
      var numbers = CallNumbers(compiled.model, slots: compiled.layout.slots, n: 5, seed: 3)
      let step = try program.call(.step, of: compiled, numbers).after
      let gradients = precision.numbers(try program.call(.grad, of: compiled, numbers).after.bytes[.grads] ?? [])
      for (index, parameter) in compiled.model.parameters.enumerated() {
        let start = compiled.layout.parameters[index]
        numbers.values[Argument(.gradient, index)] = Array(gradients[start..<start + parameter.shape.count])
      }
      let update = try program.call(.update, of: compiled, numbers).after
      for argument in [EntryArgument.params, .optimizer] {
        #expect(update.bytes[argument] == step.bytes[argument], "\(source.name), \(precision): \(argument) by \(program.code.compiler)")
      }
    }
  }

  /// Parameters whose gradients are one and the same sum, which goes to several places.
  @Test(arguments: [Precision.f64, .f32])
  func equalGradients(precision: Precision) throws {
    let text = """
      input x: [3, 2, 2]
      param a: [3] = 0.3
      param b: [3] = 0.2
      param c = 1
      param d = 2
      y = relu(x + a[:, new, new] + b[:, new, new] + c + d)
      loss sum(y)
      loss sum(l2(a + b))
      """
    try check(ModelSource("equal.nn", text), precision)
  }

  private func check(_ source: ModelSource, _ precision: Precision) throws {
    for fusion in [Fusion.everything, .nothing] {
      let name = source.name.prefix { $0 != "." } + "_\(precision.rawValue)"
      let printed = try source.printed(
        entries: EntryKind.withParameters, batch: 5, precision: precision, fusion: fusion, name: String(name))
      let version = RandomCase.Version(title: "\(name), fusing \(fusion)", printed: printed, usesCC: true)
      let code = [try LoadedCode.tcc(printed)] + (fusion == .everything ? try LoadedCode.cc([printed]) : [])
      try ProgramCheck(version, code).run()
    }
  }
}
