import NNEmission
import NNExecution
import NNGraph
import NNOperations
import NNSchedule
import NNTestSupport
import Testing

/// Models made at random, through every printer and compiler, against a plain interpreter of their graphs.
@Suite struct RandomProgramTests {
  private static let modelsPerRun = 20
  /// Most runs are spared optimisations, which take the compilers long.
  private static func compiler(_ run: Int) -> (name: String, optimisation: String) {
    (run.isMultiple(of: 2) ? "clang" : "gcc", run < 2 ? "-O2" : "-O0")
  }

  @Test(arguments: 0..<15)
  func programsComputeWhatTheirGraphsSay(run: Int) throws {
    let models = try (0..<Self.modelsPerRun).map { try RandomCase(seed: run * Self.modelsPerRun + $0) }
    let versions = models.flatMap(\.versions)
    let compiledByCC = versions.filter(\.usesCC)
    let (compiler, optimisation) = Self.compiler(run)
    let native = try LoadedCode.cc(compiledByCC.map(\.printed), compiler: compiler, optimisation: optimisation)
    #expect(native.first?.code.warnings == [], "the system's compiler complains")
    var next = native.makeIterator()
    for version in versions {
      let code = [try LoadedCode.tcc(version.printed)] + (version.usesCC ? next.next().map { [$0] } ?? [] : [])
      try ProgramCheck(version, code).run()
    }
  }
}

/// One random model in the versions that are compared.
struct RandomCase {
  struct Version {
    var title: String
    var printed: PrintedProgram
    var usesCC: Bool
  }

  var versions: [Version] = []

  init(seed: Int) throws {
    let optimizer = try seed.isMultiple(of: 2) ? Optimizers.momentum() : Optimizers.adam()
    let batch = seed % 10 == 9 ? 33 : 1 + seed % 6
    var model = RandomModel.make(seed: UInt64(seed), operations: 4 + seed % 20)
    for precision in [Precision.f64, .f32] {
      for fusion in [Fusion.everything, .nothing] {
        model.name = "random\(seed)_\(precision.rawValue)_\(fusion)"
        let printed = PrintedProgram(model, optimizer: optimizer, batch: batch, precision: precision, fusion: fusion)
        // The system's compiler sees each model once: every third one unfused, and one precision after the other.
        let usesCC = (fusion == .nothing) == seed.isMultiple(of: 3) && (precision == .f64) == (seed / 3).isMultiple(of: 2)
        versions.append(Version(title: "\(model.name), seed \(seed)", printed: printed, usesCC: usesCC))
      }
    }
  }
}

/// What every program has to do, compiled by all compilers at hand.
struct ProgramCheck {
  private let version: RandomCase.Version
  private let code: [LoadedCode]

  init(_ version: RandomCase.Version, _ code: [LoadedCode]) {
    self.version = version
    self.code = code
  }

  private var compiled: CompiledModel { version.printed.compiled }

  func run() throws {
    let batch = compiled.batch
    for n in batch > 8 ? [1, 2, batch - 2, batch] : Array(1...batch) { try checkValues(n) }
    for entry in compiled.entries where entry.kind != .update && entry.kind != .initialize { try checkRefusals(entry) }
  }

  // MARK: Values

  private func checkValues(_ n: Int) throws {
    let numbers = CallNumbers(compiled.model, slots: compiled.layout.slots, n: n, seed: UInt64(n))
    for entry in compiled.entries {
      let expectation = try Expectation(entry, of: compiled, numbers: numbers)
      var first: EntryCall.Outcome?
      for program in code {
        let (before, after) = try program.call(entry.kind, of: compiled, numbers, shift: n + compiled.layout.parameterCount)
        let problems = expectation.problems(before: before, after: after)
        #expect(problems == [], "\(version.title): \(entry.kind.rawValue) of \(n) by \(program.code.compiler)")
        if let first { #expect(first == after, "\(version.title): \(entry.kind.rawValue) of \(n) differs between compilers") }
        first = first ?? after
      }
    }
  }

  // MARK: Calls that are refused

  private func checkRefusals(_ entry: CompiledEntry) throws {
    let batch = compiled.batch
    let fine = CallNumbers(compiled.model, slots: compiled.layout.slots, n: batch, seed: 5)
    for n in [0, -1, batch + 1, Int(Int32.max), Int(Int32.min)] {
      var numbers = fine
      numbers.n = n
      try expectRefusal(entry, numbers, "n = \(n)")
    }
    for argument in EntrySignature(entry, of: compiled.model).arguments {
      guard case .target(let index) = argument, case .integer(let classes) = compiled.model.targets[index].type.element else { continue }
      for bad in [-1, classes, Int(Int32.max), Int(Int32.min)] {
        var numbers = fine
        numbers.values[Argument(.target, index)]?[batch / 2] = Double(bad)
        try expectRefusal(entry, numbers, "class \(bad) of \(classes)")
      }
    }
    try expectNothingOfAnInfiniteLoss(entry, fine)
  }

  private func expectRefusal(_ entry: CompiledEntry, _ numbers: CallNumbers, _ reason: String) throws {
    for program in code {
      let (before, after) = try program.call(entry.kind, of: compiled, numbers, room: compiled.batch, clearsResults: true)
      #expect(after.damaged == [], "\(version.title): \(entry.kind.rawValue) with \(reason)")
      for (argument, bytes) in after.bytes {
        let found = compiled.precision.numbers(bytes)
        let isRight: Bool
        switch argument {
        case .result: isRight = found.allSatisfy(\.isNaN)
        case .output, .report:
          let count = filled(argument, entry, numbers.n, found.count)
          isRight = found.prefix(count).allSatisfy(\.isNaN) && found.dropFirst(count).allSatisfy { $0 == 0 }
        default: isRight = bytes == before.bytes[argument]
        }
        #expect(isRight, "\(version.title): \(entry.kind.rawValue) with \(reason) leaves \(argument) wrong, by \(program.code.compiler)")
      }
    }
  }

  /// How many numbers of a result become NaN: those of the examples there are.
  private func filled(_ argument: EntryArgument, _ entry: CompiledEntry, _ n: Int, _ count: Int) -> Int {
    if case .report(let index) = argument, !entry.program.reports[index].type.isBatched { return count }
    return count / compiled.batch * min(max(n, 0), compiled.batch)
  }

  private func expectNothingOfAnInfiniteLoss(_ entry: CompiledEntry, _ fine: CallNumbers) throws {
    guard entry.program.checksResult else { return }
    var numbers = fine
    for index in compiled.model.parameters.indices {
      numbers.values[Argument(.parameter, index)] = numbers.values[Argument(.parameter, index)]?.map { _ in .nan }
    }
    for program in code {
      let (before, after) = try program.call(entry.kind, of: compiled, numbers)
      guard let result = compiled.precision.numbers(after.bytes[.result] ?? []).first, !result.isFinite else { continue }
      var unchanged = after
      unchanged.bytes[.result] = before.bytes[.result]
      #expect(unchanged == before, "\(version.title): \(entry.kind.rawValue) changes something though the loss is \(result)")
    }
  }
}
