import Glibc
import NNData
import NNEmission
import NNExecution
import NNGraph
import NNSchedule
import Testing

@testable import NNTraining

@Suite struct ModelInstanceTests {
  /// Parameters after a few steps on seeded examples.
  private func trained(_ setup: ModelSetup, steps: Int) throws -> [Double] {
    let instance = try setup.instance([.step], batch: 5)
    let table = try setup.reader.random(5)
    instance.memory.examples.gather(0..<5, of: table)
    for step in 0..<steps { _ = instance.step(count: 5 - step % 3, rate: 0.05, step: UInt64(step), stream: UInt64(5 * step)) }
    return instance.memory.parameters.numbers
  }

  @Test(arguments: [Precision.f32, .f64], [TestModel.noisy, TestModel.xor])
  func bothCompilersAgreeBitForBit(precision: Precision, text: String) throws {
    var setup = try ModelSetup(test: text, precision: precision)
    let tiny = try trained(setup, steps: 20)
    setup.compiler = .cc
    let optimised = try trained(setup, steps: 20)
    #expect(tiny.map(\.bitPattern) == optimised.map(\.bitPattern))
    #expect(tiny.allSatisfy { $0.isFinite })
  }

  @Test func precisionsDifferByRoundingOnly() throws {
    let single = try trained(ModelSetup(test: TestModel.xor, precision: .f32), steps: 5)
    let double = try trained(ModelSetup(test: TestModel.xor, precision: .f64), steps: 5)
    #expect(single != double)
    #expect(single.count == double.count)
  }

  @Test func fasterCodeTakesOverBetweenTwoSteps() throws {
    var setup = try ModelSetup(test: TestModel.noisy)
    let reference = try setup.instance([.step], batch: 3)
    setup.compiler = .auto
    let instance = try setup.instance([.step], batch: 3)
    let table = try setup.reader.random(3)
    for each in [reference, instance] { each.memory.examples.gather(0..<3, of: table) }
    var step: UInt64 = 0
    var stepsAfter = 0
    while stepsAfter < 50, step < 60_000 {
      if let event = instance.takeReplacement() {
        guard case .swapped = event else { Issue.record("\(event)"); break }
        stepsAfter = 1
      }
      for each in [reference, instance] { _ = each.step(count: 3, rate: 0.01, step: step, stream: 3 * step) }
      step += 1
      if stepsAfter > 0 { stepsAfter += 1 } else { usleep(1000) }
    }
    #expect(stepsAfter == 50)
    #expect(instance.compilerName != "libtcc")
    #expect(instance.memory.parameters.numbers == reference.memory.parameters.numbers)
    #expect(instance.takeReplacement() == nil)
  }

  @Test func tooManyExamplesAreAnsweredWithNaN() throws {
    let setup = try ModelSetup(test: TestModel.xor)
    let instance = try setup.instance([.step], batch: 4)
    let before = instance.memory.parameters.numbers
    for count in [-1, 0, 5] { #expect(instance.step(count: count, rate: 1, step: 0, stream: 0).isNaN) }
    #expect(instance.memory.parameters.numbers == before)
  }

  @Test func initialValuesDependOnTheSeedAlone() throws {
    let setup = try ModelSetup(test: TestModel.noisy)
    let instance = try setup.instance([], batch: 2)
    let other = try setup.instance([.evaluate], batch: 7)
    let first = instance.memory.parameters.numbers
    #expect(first == other.memory.parameters.numbers)
    instance.initialize(seed: 6)
    #expect(first != instance.memory.parameters.numbers)
    instance.initialize(seed: 5)
    #expect(first == instance.memory.parameters.numbers)
  }

  @Test(arguments: [EntryKind.step, .infer, .grad])
  func benchmarksMeasure(entry: EntryKind) throws {
    let benchmark = try BenchmarkRequest(ModelSetup(test: TestModel.xor), entry: entry, calls: 100).run()
    #expect(benchmark.calls >= 100)
    #expect(benchmark.minimumMicroseconds > 0)
    #expect(benchmark.minimumMicroseconds <= benchmark.medianMicroseconds)
    #expect(benchmark.medianMicroseconds <= benchmark.percentile90Microseconds)
    #expect(benchmark.gigaflops > 0)
    #expect(benchmark.workspaceBytes > 0)
    #expect(benchmark.compileMicroseconds > 0)
  }

  /// Every kernel has a time, none takes longer than all of a call does, and what is computed stays the same.
  @Test(arguments: [CompilerChoice.tcc, .cc], [1, 2])
  func profilesTimeEachKernel(compiler: CompilerChoice, threads: Int) throws {
    var setup = try ModelSetup(test: TestModel.noisy)
    (setup.compiler, setup.threads) = (compiler, threads)
    let benchmark = try BenchmarkRequest(setup, batch: 300, calls: 100, isProfiled: true).run()
    let profile = try #require(benchmark.profile)
    #expect(profile.threads == threads)
    #expect(profile.peakGigaflops > 0.1)
    #expect(profile.kernels.count > 3)
    #expect(Set(profile.kernels.map(\.cost.name)).count == profile.kernels.count)
    for kernel in profile.kernels {
      #expect(kernel.microseconds > 0 && kernel.leastMicroseconds > 0, "\(kernel.cost.name)")
      #expect(kernel.cost.places.allSatisfy { $0.hasPrefix("test.nn:") }, "\(kernel.cost.places)")
    }
    #expect(profile.kernels.contains { $0.cost.places.contains("test.nn:3") })
    #expect(profile.microseconds < 20 * benchmark.medianMicroseconds)
    #expect(benchmark.json.text.contains("\"profile\": {\"threads\": \(threads)"))
  }

  @Test func markingStepsChangesNoResult() throws {
    let setup = try ModelSetup(test: TestModel.noisy)
    let table = try setup.reader.random(5)
    let instances = try [false, true].map { try ModelInstance(setup, entries: [.step], batch: 5, isProfiled: $0) }
    for instance in instances {
      instance.initialize(seed: 3)
      instance.memory.examples.gather(0..<5, of: table)
      for step in 0..<5 { _ = instance.step(count: 5, rate: 0.1, step: UInt64(step), stream: 0) }
    }
    #expect(instances[0].memory.parameters.numbers == instances[1].memory.parameters.numbers)
    #expect(instances[0].marks == nil)
    #expect(instances[1].marks?.take().contains { $0 > 0 } == true)
  }

  @Test func anEntryTheModelCannotHaveIsRefused() throws {
    let setup = try ModelSetup(test: "input x: [2]\nloss sum(x)")
    let error = #expect(throws: TrainingError.self) { try BenchmarkRequest(setup, entry: .infer).run() }
    #expect(error?.message.contains("no output") == true)
  }
}
