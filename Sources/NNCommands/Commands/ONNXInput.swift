import NNData
import NNElaboration
import NNGraph
import NNInterchange
import NNSource
import NNSyntax

/// `nncc MODEL.onnx`: brings an ONNX file into the language, as a model and its weights.
struct ONNXInput {
  private let path: String
  private let settings: [Setting]
  /// A file, a folder, or - for the text alone; nil for the current folder.
  private let target: String?

  init(_ model: ModelOptions, target: String?) {
    path = model.path
    settings = model.settings
    self.target = target
  }

  static func reads(_ path: String) -> Bool { path.hasSuffix(".onnx") }

  func run(in console: Console) throws -> ExitCode {
    let made = try imported()
    let text = try formatted(made)
    for note in made.notes { console.warn("\(path): \(note)") }
    if target == "-" {
      if console.isJSON { try console.print(JSON.object([JSON.Member("text", .string(String(decoding: text, as: UTF8.self)))]).text) }
      if !console.isJSON { try console.results.write(text) }
      return .done
    }
    let files = try names(hasWeights: !made.weights.isEmpty)
    if files.count > 1 { try Safetensors(tensors: made.weights, metadata: ["format": "pt"]).write(to: files[1]) }
    try FileWriter.write(text, to: files[0])
    if console.isJSON {
      try console.print(JSON.object([JSON.Member("files", .array(files.map { ["path": .string($0)] }))]).text)
    } else {
      console.say("wrote \(files.joined(separator: " and "))")
    }
    return .done
  }

  // MARK: Reading

  private func imported() throws -> ONNXImport.Model {
    var extents: [String: Int] = [:]
    for setting in settings {
      guard let extent = Int(setting.value), 1..<(1 << 31) ~= extent else {
        throw UsageError("'--set \(setting.name)=\(setting.value)' gives an axis no extent", help: "it is a whole number from 1 on")
      }
      extents[setting.name] = extent
    }
    do {
      let model = try ONNXModel(parsing: try ByteBuffer(contentsOf: path))
      return try ONNXImport.run(model, name: stem, extents: extents) { [folder] (name) throws(DataError) in
        try ByteBuffer(contentsOf: folder + name)
      }
    } catch let error as ContentError {
      throw error.inFile(path)
    } catch let failure as ImportFailure {
      var told = Failure(failure.diagnostics, in: SourceMap())
      told.file = path
      throw told
    }
  }

  /// What is before the file's name.
  private var folder: String { path.lastIndex(of: "/").map { String(path[...$0]) } ?? "" }

  private var stem: String { String(path.dropFirst(folder.count).dropLast(5)) }

  // MARK: Writing

  /// The text as `nncc fmt` would have it, known to be a model whose weights these are.
  private func formatted(_ made: ONNXImport.Model) throws -> [UInt8] {
    let bytes = ModelFormatter.format(Array(made.text.utf8), file: 0).text ?? Array(made.text.utf8)
    let elaboration = Elaboration.run(ModelText(name: "\(stem).nn", bytes: bytes)) { _ in .unreadable("no such file") }
    guard let model = elaboration.model else {
      var told = Failure(elaboration.diagnostics, in: elaboration.sources)
      told.diagnostics.insert(.error("the model that it becomes cannot be compiled", at: nil), at: 0)
      throw told
    }
    let wanted = model.parameters.map { "\($0.name) \($0.shape)" } + model.states.map { "\($0.name) \($0.type.shape)" }
    let found = made.weights.map { "\($0.name) \($0.shape)" }
    guard wanted.sorted() == found.sorted() else {
      throw Failure(
        .internalError, "its weights would not be those of the model",
        help: "this is a bug of nncc, not of your model; please report it with the model",
        file: path)
    }
    return bytes
  }

  /// The model's file and that of its weights. People change models and train weights: only what they name themselves is replaced.
  private func names(hasWeights: Bool) throws -> [String] {
    let isNamed = target?.hasSuffix(".nn") ?? false
    let file = isNamed ? target ?? "" : (target.map { "\($0)/" } ?? "") + "\(stem).nn"
    let names = [file] + (hasWeights ? ["\(file.dropLast(3)).safetensors"] : [])
    if !isNamed, let taken = names.first(where: Folder.holds) {
      let replaced = hasWeights ? "'-o \(file)' replaces it and its weights" : "'-o \(file)' replaces it"
      throw Failure(.file, "there is a file of this name already", help: "\(replaced); another name keeps what is there", file: taken)
    }
    if let slash = file.lastIndex(of: "/"), slash > file.startIndex { try Folder.make(String(file[..<slash])) }
    return names
  }
}
