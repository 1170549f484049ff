import NNData
import NNGraph
import NNSchedule
import NNTraining

/// `nnrun bench MODEL.nn`: how long does a call take?
package struct BenchCommand: Command {
  private static let batch = ValueOption<Int>(
    "batch", .integer("N", in: 1...1_000_000), help: "examples in a call; by default the train block's batch, else 32")
  private static let entry = ValueOption<EntryKind>(
    "entry", .choice(BenchmarkRequest.entries),
    help: "what to time: a training step (the default), inference, the loss, or its derivatives alone")
  private static let steps = ValueOption<Int>(
    "steps", .integer("N", in: 1...1_000_000_000), help: "calls to time; by default as many as a second or so allows")

  private static let profile = FlagOption(
    "profile", help: "also time each kernel, and compare it with what this machine can do at most")

  package static let description = CommandDescription(
    name: "nnrun bench",
    summary: "Times calls of a compiled model on random data.",
    examples: [
      .init("nnrun bench examples/digits.nn", "a training step: median, fastest and 90th percentile"),
      .init("nnrun bench examples/fashion.nn --entry infer --batch 1 --jit cc", "one prediction, through the system's compiler"),
      .init("nnrun bench examples/digits.nn --profile --threads 1", "where the time goes, by lines of the model"),
    ],
    operands: [ModelOptions.operand],
    options: [entry.description, batch.description, steps.description, profile.description] + CommonOptions.ofRunning,
    notes: [
      "Calls are timed in groups that last at least a millisecond.",
      "The limit of a kernel is the longer of two times: its operations at the rate of multiply-adds in registers, and its bytes at the "
        + "rate of memory, or of the cache they fit in. Both rates are measured then and there, for this number of threads. Functions such "
        + "as exp count as many operations.",
      "GFLOP/s in products count the multiplications that the model asks for. Convolutions by Winograd's tiles take fewer: for a kernel, "
        + "those are counted that are done.",
    ])

  private let options: RunOptions
  private let batch: Int?
  private let entry: EntryKind
  private let steps: Int?
  private let isProfiled: Bool

  package init(_ arguments: ParsedArguments) throws(UsageError) {
    options = try RunOptions(arguments)
    batch = try arguments.value(of: Self.batch)
    entry = try arguments.value(of: Self.entry) ?? .step
    steps = try arguments.value(of: Self.steps)
    isProfiled = arguments.has(Self.profile)
  }

  package func run(in console: Console) throws -> ExitCode {
    let setup = try options.setup(with: nil, telling: console)
    let benchmark = try setup.explaining {
      try BenchmarkRequest($0, entry: entry, batch: batch, calls: steps, isProfiled: isProfiled).run()
    }
    let texts = [text(of: benchmark)] + (benchmark.profile.map { [ProfileText.text(of: $0)] } ?? [])
    try console.print(console.isJSON ? benchmark.json.text : texts.joined(separator: "\n\n"))
    return .done
  }

  private func text(of benchmark: Benchmark) -> String {
    func duration(_ microseconds: Double) -> String { NumberText.duration(seconds: microseconds * 1e-6) }
    let speed = benchmark.gigaflops > 0 ? ", \(NumberText.short(benchmark.gigaflops)) GFLOP/s in products" : ""
    return """
      \(benchmark.entry.rawValue) of \(NumberText.count(benchmark.batch, "example")), \(NumberText.count(benchmark.calls, "call"))
      median     \(duration(benchmark.medianMicroseconds))
      fastest    \(duration(benchmark.minimumMicroseconds))
      90 % under \(duration(benchmark.percentile90Microseconds))
      rate       \(NumberText.short(benchmark.samplesPerSecond)) examples/s\(speed)
      workspace  \(NumberText.grouped(benchmark.workspaceBytes)) bytes
      compiled   by \(benchmark.compiler) in \(duration(Double(benchmark.compileMicroseconds)))
      """
  }
}
