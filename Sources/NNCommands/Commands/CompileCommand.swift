import NNData
import NNEmission
import NNExecution
import NNGraph
import NNSchedule
import NNTraining

/// `nncc MODEL.nn`: writes a model as C, or shows a stage on the way there.
package struct CompileCommand: Command {
  /// What a user can ask for; the trainer's own entries are no part of the C interface.
  private static let entryKinds: [EntryKind] = [
    .initialize, .infer, .loss, .grad, .step, .update, .gradInputs, .jvp, .hvp, .predict, .predictBatch,
  ]

  private static let output = ValueOption<String>(
    "output", short: "o", .text("DIR"), help: "folder to write into, by default the current one; - prints what --emit names")
  private static let emit = ValueOption<[Artifact]>(
    "emit", .list("KIND,...", of: Artifact.allCases),
    help: "what to write: \(Artifact.allCases.map(\.rawValue).joined(separator: ", ")); by default c,header")
  private static let entries = ValueOption<[EntryKind]>(
    "entry", .list("NAME,...", of: entryKinds),
    help:
      "functions to write: \(entryKinds.map(\.rawValue).joined(separator: ", ")); by default all but those from grad_inputs on, with --weights also the last two"
  )
  private static let batch = ValueOption<Int>(
    "batch", .integer("N", in: 1...1_000_000), help: "the most examples that a call takes; by default the train block's batch, else 32")
  private static let weights = ValueOption<String>(
    "weights", .text("W.safetensors"), help: "trained weights to put into the C: constants of its predict functions, and what init sets")
  private static let weightsFile = ValueOption<ConstantsFile.Kind>(
    "weights-file", .choice(ConstantsFile.Kind.allCases),
    help: "keep the constants of the C in NAME_weights.c, or as bytes in NAME_weights.bin")

  private static let parallel = FlagOption(
    "parallel", help: "let each function take a way to run parts of its work at the same time, such as a pool of threads")

  /// What there is to tell of a program beside what is written.
  private enum Report: String, CaseIterable, Sendable {
    case size
  }

  private static let report = ValueOption<Report>(
    "report", .choice(Report.allCases), help: "print how much flash and RAM each kernel takes, and write only what --emit names")
  private static let machine = ValueOption<MachineTarget>(
    "target", .choice(MachineTarget.allCases), help: "the machine that --report is about, by default cortex-m4; clang compiles for others")

  package static let description = CommandDescription(
    name: "nncc",
    summary: "Compiles the text of a neural network into C that runs and trains it, one file and one header without dependencies.",
    examples: [
      .init("nncc examples/digits.nn", "writes digits.c and digits.h"),
      .init("nncc examples/digits.nn -o build --set hidden=200 --batch 64", "into a folder, a wider network, at most 64 examples a call"),
      .init(
        "nncc examples/digits.nn --weights w.safetensors --emit python", "writes digits.py, which predicts with these weights and trains"),
      .init("nncc examples/gates.nn --emit schedule -o -", "shows how the network is computed"),
      .init("nncc examples/lenet.nn --emit onnx --weights w.safetensors", "writes lenet.onnx, for other programs to run"),
      .init("nncc net.onnx", "writes net.nn and net.safetensors: a model of another program in this language"),
      .init("nncc - --json < examples/xor.nn", "a model from standard input; what is written, or is wrong with it, as JSON"),
    ],
    operands: [ModelOptions.operand],
    options: [output.description] + optionsOfModels + [CommonOptions.set.description] + CommonOptions.ofEveryCommand,
    notes: [
      "MODEL.onnx is read into the language: -o names MODEL.nn, which is replaced with its weights, or the folder for them, where nothing is replaced; --set gives an open axis its extent.",
      "'nncc fmt MODEL.nn' lays the text of a model out; 'nncc fmt --help' tells about it.",
    ])

  /// Those that mean nothing to the model of another program.
  private static let optionsOfModels = [
    emit.description, entries.description, batch.description, weights.description, weightsFile.description,
    QuantizationOptions.quantize.description, QuantizationOptions.calibrate.description, parallel.description,
    report.description, machine.description,
    CommonOptions.precision.description,
  ]

  private let model: ModelOptions
  private let target: String?
  private let folder: String
  private let artifacts: [Artifact]
  private let entries: [EntryKind]?
  private let batch: Int?
  private let weights: String?
  private let weightsFile: ConstantsFile.Kind?
  private let isParallel: Bool
  /// The machine that sizes are wanted for.
  private let measured: MachineTarget?
  private let quantization: QuantizationOptions?

  package init(_ arguments: ParsedArguments) throws(UsageError) {
    model = try ModelOptions(arguments)
    if ONNXInput.reads(model.path), let option = arguments.first(of: Self.optionsOfModels) {
      throw UsageError(
        "\(option.spelling) is not for '\(model.path)', which is read into the language", help: "compile the model that becomes of it")
    }
    target = try arguments.value(of: Self.output)
    folder = target ?? "."
    entries = try arguments.value(of: Self.entries)
    batch = try arguments.value(of: Self.batch)
    weights = try arguments.value(of: Self.weights)
    weightsFile = try arguments.value(of: Self.weightsFile)
    isParallel = arguments.has(Self.parallel)
    let report = try arguments.value(of: Self.report)
    let machine = try arguments.value(of: Self.machine)
    measured = report == nil ? nil : machine ?? .cortexM4
    artifacts = try arguments.value(of: Self.emit) ?? (report != nil ? [] : folder == "-" ? [.c] : [.c, .header])
    quantization = try QuantizationOptions(
      arguments, weights: weights, weightsFile: weightsFile, entries: entries, artifacts: artifacts, model: model)
    if report != nil, artifacts.isEmpty, let target, target != "-" {
      throw UsageError("a report is printed, so that there is nothing to write into '\(target)'", help: "name what to write with --emit")
    }
    if machine != nil, report == nil { throw UsageError("--target is the machine of a report", help: "add '--report size'") }
    try checkPrinting(isJSON: arguments.has(CommonOptions.json))
  }

  private func checkPrinting(isJSON: Bool) throws(UsageError) {
    guard folder == "-" else { return }
    if let files = artifacts.first(where: { !$0.isText }) {
      throw UsageError("'\(files.rawValue)' writes files, which '-o -' cannot print", help: "name a folder with -o")
    }
    if measured != nil, !artifacts.isEmpty, !isJSON { throw UsageError("'-o -' prints one thing, not a report too", help: "leave one out") }
    if weightsFile != nil { throw UsageError("'-o -' prints no file of weights", help: "name a folder with -o") }
    if artifacts.count > 1, !isJSON { throw UsageError("'-o -' prints one kind, not \(artifacts.count)", help: "name one with --emit") }
  }

  package func run(in console: Console) throws -> ExitCode {
    if ONNXInput.reads(model.path) { return try ONNXInput(model, target: target).run(in: console) }
    guard let loaded = try model.load(telling: console) else {
      console.say("\(model.path): only blocks and lets for other files to use; there is nothing to write")
      return .done
    }
    let setup = setup(loaded)
    var files: [OutputFile] = []
    if artifacts.contains(.onnx) { files.append(try ONNXOutput(loaded, setup, weights: weights).file(in: console)) }
    let others = artifacts.filter { $0 != .onnx }
    let quantized = try quantization.map { try quantize(loaded, $0, in: console) }
    let output = others.isEmpty && measured == nil ? nil : try compiled(setup, quantized)
    files += try output?.files(of: others) ?? []
    let sizes = try measured.flatMap { try output?.sizes(for: $0) }
    let written = files.isEmpty ? [] : try write(files, in: console)
    if let sizes, !console.isJSON { try console.results.write(sizes.text) }
    quantized?.tell(console)
    if console.isJSON {
      let members =
        [JSON.Member("files", .array(written))] + (quantized.map { [JSON.Member("quantization", $0.json)] } ?? [])
        + (sizes.map { [JSON.Member("size", $0.json)] } ?? [])
      try console.print(JSON.object(members).text)
    }
    return .done
  }

  private func setup(_ loaded: LoadedModel) -> ModelSetup {
    ModelSetup(loaded.model, sources: loaded.sources, baseFolder: loaded.folder, precision: model.precision)
  }

  private func compiled(_ setup: ModelSetup, _ quantized: QuantizedOutput?) throws -> CompiledOutput {
    try setup.explaining { setup in
      let trained = try weights.map(setup.starting) ?? setup
      let compiled = try trained.compile(entries, batch: batch ?? trained.model.recipe.batch, isParallel: isParallel)
      return CompiledOutput(
        compiled, sources: setup.sources, isParallel: isParallel, constants: weightsFile, integers: quantized?.program
      ) {
        try trained.compileDerivatives(batch: compiled.batch)
      }
    }
  }

  /// The data to calibrate on may be named in the language of the train block: the model is then read once more, with that line.
  private func quantize(_ loaded: LoadedModel, _ options: QuantizationOptions, in console: Console) throws -> QuantizedOutput {
    let line = options.data?.line(named: "data")
    let calibrated = try line.map { try model.loadModel([$0], telling: console.silenced) } ?? loaded
    let trained = try setup(calibrated).explaining { setup in try weights.map(setup.starting) ?? setup }
    return try QuantizedOutput(calibrated, trained, data: options.data)
  }

  /// Writes or prints the files; what is to be said of them.
  private func write(_ files: [OutputFile], in console: Console) throws -> [JSON] {
    guard folder != "-" else { return try print(files, in: console) }
    try Folder.make(folder)
    func path(_ file: OutputFile) -> String { folder == "." ? file.name : "\(folder)/\(file.name)" }
    for file in files where file.isStart { try keepChanged(file, path(file)) }
    return try files.map { file in
      let path = path(file)
      switch file.content {
      case .text(let text): try FileWriter.write(text, to: path)
      case .bytes(let bytes): try FileWriter.write(bytes, to: path)
      }
      console.say("wrote \(path)", from: .verbose)
      return ["name": .string(file.name), "path": .string(path)]
    }
  }

  /// Refuses to replace a file that is not the one to be written.
  private func keepChanged(_ file: OutputFile, _ path: String) throws {
    guard Folder.holds(path), case .text(let text) = file.content else { return }
    guard try ByteBuffer(contentsOf: path).array != Array(text.utf8) else { return }
    throw Failure(
      .file, "there is another file of this name already", help: "it may be yours: move it away, or name a folder for the example with -o",
      file: path)
  }

  private func print(_ files: [OutputFile], in console: Console) throws -> [JSON] {
    let texts = files.compactMap { file -> (name: String, text: String)? in
      if case .text(let text) = file.content { return (file.name, text) }
      return nil
    }
    if !console.isJSON { try console.results.write(texts.map(\.text).joined()) }
    return texts.map { ["name": .string($0.name), "text": .string($0.text)] }
  }
}
