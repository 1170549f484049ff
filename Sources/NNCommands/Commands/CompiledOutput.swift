import NNBindings
import NNEmission
import NNExecution
import NNGraph
import NNSchedule
import NNSource

/// What `nncc` can show of a compiled model, each made when it is asked for.
struct CompiledOutput {
  private let compiled: CompiledModel
  private let sources: SourceMap
  /// The model with other entries, for what is said about its derivatives.
  private let derivatives: () throws -> CompiledModel
  private let program: ExportedProgram
  /// The program with its constants in it.
  private let whole: () -> ExportedProgram

  init(
    _ compiled: CompiledModel, sources: SourceMap, isParallel: Bool, constants: ConstantsFile.Kind?, integers: IntegerProgram? = nil,
    derivatives: @escaping () throws -> CompiledModel
  ) {
    self.compiled = compiled
    self.sources = sources
    self.derivatives = derivatives
    let hash = Self.hash(sources)
    program = Emitter.export(compiled, sources: sources, hash: hash, isParallel: isParallel, constants: constants, integers: integers)
    whole = { Emitter.export(compiled, sources: sources, hash: hash, isParallel: isParallel, integers: integers) }
  }

  /// Of every text that went into the model, settings included.
  private static func hash(_ sources: SourceMap) -> UInt64 {
    Emitter.hash(sources.files.flatMap { [0xFF] + $0.bytes })
  }

  // MARK: Files

  /// The files of what is asked for and of what that needs, each once.
  func files(of artifacts: [Artifact]) throws -> [OutputFile] {
    var wanted: [Artifact] = []
    for artifact in artifacts.flatMap({ [$0] + $0.companions }) where !wanted.contains(artifact) { wanted.append(artifact) }
    let files = try wanted.flatMap(files)
    for (index, file) in files.enumerated() where files[..<index].contains(where: { $0.name == file.name }) {
      throw Failure(.bad, "two files would be '\(file.name)'", help: "give the model another name, or write them one after the other")
    }
    return files
  }

  /// How much flash and RAM the program takes on a machine.
  func sizes(for target: MachineTarget) throws -> SizeReport {
    do {
      return try SizeReport(whole(), for: target)
    } catch {
      throw Failure(error, building: .measured(target, keepsFunctions: false))
    }
  }

  private func files(of artifact: Artifact) throws -> [OutputFile] {
    let (name, interface) = (program.name, program.interface)
    switch artifact {
    case .c: return [OutputFile("\(name).c", program.source)] + (program.constants.map { [OutputFile($0.name, $0.bytes)] } ?? [])
    case .object: return [OutputFile("\(name).o", try built(.object))]
    case .shared: return [OutputFile("lib\(name).so", try built(.sharedLibrary))]
    case .python: return [OutputFile("\(name).py", PythonModule(interface).text)]
    case .cpp: return [OutputFile("\(name).hpp", CppHeader(interface).text)]
    case .swift:
      let wrapper = SwiftWrapper(interface)
      return [OutputFile("\(name).swift", wrapper.text), OutputFile("module.modulemap", wrapper.moduleMap)]
    case .package:
      if interface.precision != .f32 {
        throw Failure(.bad, "the library behind a package computes in single precision", help: "leave --dtype out")
      }
      let wrapper = PackageWrapper(interface, packageSource)
      return [OutputFile(wrapper.fileName, wrapper.text)]
    case .wasm:
      let module = JavaScriptModule(interface)
      return [OutputFile("\(name).wasm", try built(.webAssembly(exports: module.exports))), OutputFile(module.name, module.text)]
    case .example:
      let example = ExampleProgram(interface)
      if let obstacle = example.obstacle { throw Failure(.bad, obstacle) }
      return [OutputFile("main.c", example.main, isStart: true), OutputFile("Makefile", example.makefile, isStart: true)]
    case .header: return [text(artifact, program.header)]
    case .summary: return [text(artifact, Summary(compiled, derivatives: try derivatives(), sources: sources).text)]
    case .graph: return [text(artifact, graph)]
    case .schedule: return [text(artifact, ScheduleDump(compiled, sources: sources).text)]
    case .dot: return [text(artifact, GraphDrawing(compiled, sources: sources).dot)]
    case .svg: return [text(artifact, GraphDrawing(compiled, sources: sources).svg)]
    case .json: return [text(artifact, GraphDrawing(compiled, sources: sources).json)]
    // It is made of the model, which needs no compiling.
    case .onnx: return []
    }
  }

  private func text(_ artifact: Artifact, _ text: String) -> OutputFile { OutputFile("\(program.name).\(artifact.suffix)", text) }

  /// The model's texts as a library takes them: paths are those below the model's own folder.
  private var packageSource: PackageWrapper.Source {
    let setting = "--set "
    let main = sources.files[0]
    let folder = main.name.lastIndex(of: "/").map { main.name[...$0] } ?? ""
    func text(_ file: SourceFile) -> String { String(decoding: file.bytes, as: UTF8.self) }
    let others = sources.files.dropFirst()
    return PackageWrapper.Source(
      file: String(main.name.dropFirst(folder.count)), text: text(main),
      files: others.filter { !$0.name.hasPrefix("--") }.map { (String($0.name.dropFirst(folder.count)), text($0)) },
      settings: others.filter { $0.name.hasPrefix(setting) }.map { (String($0.name.dropFirst(setting.count)), text($0)) })
  }

  /// Compiled, with its constants in it.
  private func built(_ product: NativeBuild.Product) throws -> [UInt8] {
    do {
      return try NativeBuild(product).run(program.constants == nil ? program.source : whole().source)
    } catch {
      throw Failure(error, building: product)
    }
  }

  // MARK: Graph

  /// The model as it was written, then what each entry computes.
  private var graph: String {
    let comment = SourceComment(sources)
    let model = compiled.model
    let roots =
      model.losses.map { ("loss \($0.name)", $0.value) } + model.metrics.map { ("metric \($0.name)", $0.value) }
      + model.outputs.map { ("output \($0.name)", $0.value) }
    let whole = "# model \(model.name)\n" + dump(model.graph.graph, roots, comment)
    return ([whole] + compiled.entries.map { "# \($0.kind.rawValue)\n" + dump($0.program, comment) }).joined(separator: "\n")
  }

  private func dump(_ program: EntryProgram, _ comment: SourceComment) -> String {
    let stores = program.stores.map { (name(of: $0.destination), $0.value) }
    return dump(program.graph, stores + (program.result.map { [("result", $0)] } ?? []), comment)
  }

  private func dump(_ graph: Graph, _ roots: [(name: String, value: Value)], _ comment: SourceComment) -> String {
    graph.dump(roots: roots) { node in node.range.flatMap(comment.place) }
  }

  private func name(of destination: Destination) -> String {
    let model = compiled.model
    return switch destination {
    case .parameter(let index): model.parameters[index].name
    case .state(let index): "state \(model.states[index].name)"
    case .gradient(let index): "gradient \(model.parameters[index].name)"
    case .slot(let index, let slot): "optimizer \(slot) \(model.parameters[index].name)"
    case .output(let index): "output \(model.outputs[index].name)"
    case .inputGradient(let index): "gradient \(model.inputs[index].name)"
    case .targetGradient(let index): "gradient \(model.targets[index].name)"
    case .product(let index): index < model.parameters.count ? "product \(model.parameters[index].name)" : "product"
    case .report(let index): "report \(index)"
    }
  }
}
