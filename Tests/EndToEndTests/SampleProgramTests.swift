import NNElaboration
import NNEmission
import NNExecution
import NNGraph
import NNOperations
import NNSchedule
import NNTestSupport
import Testing

/// Every sample of the catalogue through the whole compiler, against PyTorch's numbers and against differences of its own.
@Suite struct SampleProgramTests {
  private static let runs = 8

  @Test(.enabled(if: !isRecording), arguments: 0..<runs)
  func samples(run: Int) throws {
    let cases = try SampleCase.composable.enumerated().filter { $0.offset % Self.runs == run }.map { offset, sample in
      try SampleProgram(sample, number: offset)
    }
    let printed = cases.flatMap { [$0.double, $0.single] }
    let native = try LoadedCode.cc(printed, compiler: run.isMultiple(of: 2) ? "gcc" : "clang", optimisation: run < 2 ? "-O2" : "-O0")
    #expect(native.first?.code.warnings == [], "the system's compiler complains")
    for (index, program) in cases.enumerated() {
      try program.check(program.double, [try LoadedCode.tcc(program.double), native[2 * index]])
      try program.check(program.single, [try LoadedCode.tcc(program.single), native[2 * index + 1]])
    }
  }
}

/// A sample as a model of its own, with the numbers of its fixture.
private struct SampleProgram {
  private let sample: SampleCase
  private let fixture: Fixture
  private let expected: Fixture.Expectation
  let double: PrintedProgram
  let single: PrintedProgram

  init(_ sample: SampleCase, number: Int) throws {
    self.sample = sample
    fixture = try #require(try Fixture.of(sample), "no fixture for \(sample)")
    expected = try #require(fixture.expected)
    let source = ModelSource("sample.nn", try sample.modelText())
    let batch = fixture.batch
    func printed(_ precision: Precision) throws -> PrintedProgram {
      try source.printed(entries: Self.entries, batch: batch, precision: precision, name: "sample\(number)_\(precision.rawValue)")
    }
    (double, single) = try (printed(.f64), printed(.f32))
  }

  private static let entries: [EntryKind] = [.loss, .gradInputs, .jvp, .hvp, .evaluate]

  /// The fixture's numbers under the model's names, rounded to what a program can be handed.
  private func numbers(for printed: PrintedProgram) -> CallNumbers {
    let model = printed.compiled.model
    var numbers = CallNumbers(model, slots: printed.compiled.layout.slots, n: fixture.batch, seed: 3)
    for (index, port) in model.inputs.enumerated() {
      let tensor = fixture.inputs.first { SampleCase.inputPrefix + $0.name == port.name }
      numbers.values[Argument(.input, index)] = tensor?.values.map(printed.compiled.precision.rounded)
    }
    for (index, parameter) in model.parameters.enumerated() {
      let tensor = fixture.parameters.first { $0.name == parameter.name }
      numbers.values[Argument(.parameter, index)] = tensor?.values.map(printed.compiled.precision.rounded)
    }
    for (index, state) in model.states.enumerated() {
      let tensor = fixture.states.first { $0.name == state.name }
      numbers.values[Argument(.state, index)] = tensor?.values.map(printed.compiled.precision.rounded)
    }
    return numbers
  }

  func check(_ printed: PrintedProgram, _ code: [LoadedCode]) throws {
    let compiled = printed.compiled
    let numbers = numbers(for: printed)
    for entry in compiled.entries {
      let expectation = try Expectation(entry, of: compiled, numbers: numbers)
      let outcomes = try code.map { try $0.call(entry.kind, of: compiled, numbers, shift: 3) }
      for (before, after) in outcomes {
        #expect(expectation.problems(before: before, after: after) == [], "\(sample): \(entry.kind.rawValue), \(compiled.precision)")
        if entry.kind == .loss || !entry.draws { compareWithPyTorch(entry, after, compiled) }
      }
      #expect(outcomes[0].after == outcomes[1].after, "\(sample): \(entry.kind.rawValue), \(compiled.precision) differs between compilers")
    }
    if compiled.precision == .f64, sample.sample.isDifferentiable {
      for program in code { try DerivativeCheck(compiled, program, numbers).run("\(sample) by \(program.code.compiler)") }
    }
  }

  private func compareWithPyTorch(_ entry: CompiledEntry, _ outcome: EntryCall.Outcome, _ compiled: CompiledModel) {
    let precision = compiled.precision
    func compare(_ argument: EntryArgument, _ place: Int, _ numbers: [Double], _ title: String) {
      let found = precision.numbers(outcome.bytes[argument] ?? []).dropFirst(place).prefix(numbers.count)
      let problem = Expectation.difference(Array(found), numbers, .of(precision))
      #expect(problem == nil, "\(sample): \(title), \(precision)")
    }
    guard entry.kind == .loss || entry.kind == .gradInputs else { return }
    let expected = entry.kind == .loss ? self.expected : fixture.training ?? self.expected
    compare(.result, 0, [expected.loss], "loss")
    guard entry.kind == .gradInputs else { return }
    for (index, parameter) in compiled.model.parameters.enumerated() {
      compare(.grads, compiled.layout.parameters[index], expected.gradients[parameter.name] ?? [.nan], "gradient of \(parameter.name)")
    }
    for (index, port) in compiled.model.inputs.enumerated() where port.type.element == .real {
      let name = String(port.name.dropFirst(SampleCase.inputPrefix.count))
      compare(.inputGradient(index), 0, expected.gradients[name] ?? [.nan], "gradient of \(name)")
    }
    for (index, state) in compiled.model.states.enumerated() {
      compare(.state, compiled.layout.states[index], expected.states?[state.name] ?? [.nan], state.name)
    }
  }
}

extension CompiledEntry {
  /// Whether it has random numbers: another framework draws others.
  fileprivate var draws: Bool {
    zip(program.graph.nodes, program.graph.reachable(from: program.roots)).contains { node, isReached in
      if case .draw = node.operation.lowering { isReached } else { false }
    }
  }
}
