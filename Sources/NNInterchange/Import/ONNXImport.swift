package import NNData
package import NNSource

/// Brings an ONNX graph into the language: a model that a person could have written, and its weights in the layout of our own files.
package struct ONNXImport {
  package struct Model: Sendable {
    package var text: String
    package var weights: [Tensor]
    /// What was renamed, and other things to know.
    package var notes: [String]
  }

  /// - Parameters:
  ///   - name: what the model is called if the file does not say.
  ///   - extents: of symbolic axes, by name.
  ///   - mostFolded: how many numbers may be computed ahead, which a small file could make as many as it likes.
  ///   - load: a file beside the model, where weights may lie.
  package static func run(
    _ model: ONNXModel, name: String, extents: [String: Int] = [:], mostFolded: Int = 1 << 28,
    load: @escaping (String) throws(DataError) -> ByteBuffer
  ) throws -> Model {
    var importer = Importer(model, name: name, mostFolded: mostFolded, load: load)
    try importer.readWeights()
    importer.declareInputs(extents)
    if importer.problems.isEmpty { importer.translateNodes() }
    if importer.problems.isEmpty { importer.declareOutputs() }
    guard importer.problems.isEmpty else { throw ImportFailure(diagnostics: importer.problems) }
    let (text, weights) = ScriptPrinter.print(importer.script)
    return Model(text: text, weights: weights, notes: importer.notes)
  }

  /// Versions of the standard operators that are understood.
  package static let opsets = 7...25

  /// The names of all operators that can be brought over.
  package static var operators: [String] { Operators.all.keys.sorted() }
}

/// Why a file cannot be brought over: everything that is in the way.
package struct ImportFailure: Error, Sendable {
  package var diagnostics: [Diagnostic]
}

/// The state of an import.
struct Importer {
  let file: ONNXModel
  let load: (String) throws(DataError) -> ByteBuffer
  var script = Script()
  var values: [String: ImportedValue] = [:]
  /// How many nodes and outputs use a value.
  private(set) var uses: [String: Int] = [:]
  /// Tensors that the model has as parameters, by the file's name and their shape.
  var parameters: [String: Phrase] = [:]
  /// The number of examples that the file speaks of. One that it leaves open is a number that no other extent is a multiple of.
  var examples = Self.openExamples
  /// What was reshaped, and its extents before, by the line of the result.
  var reshaped: [Int: (source: Phrase, shape: [Int])] = [:]
  /// What was transposed, and how, likewise.
  var transposed: [Int: (source: Phrase, order: [Int])] = [:]
  /// The lines of normalising layers whose bias may come as a sum.
  var openNorms: Set<Int> = []
  /// Names that loops have in common, by what they are wanted to be.
  var loopNames: [String: String] = [:]
  /// How many more numbers may be computed ahead.
  private var foldingRest: Int
  private(set) var problems: [Diagnostic] = []
  private(set) var notes: [String] = []

  static let openExamples = 1_000_003

  init(_ file: ONNXModel, name: String, mostFolded: Int, load: @escaping (String) throws(DataError) -> ByteBuffer) {
    self.file = file
    foldingRest = mostFolded
    self.load = load
    script.name = script.unique(name, else: "model")
    for node in file.graph.nodes { for input in node.inputs { uses[input, default: 0] += 1 } }
    for output in file.graph.outputs { uses[output.name, default: 0] += 1 }
  }

  mutating func report(_ message: String, help: String? = nil) { problems.append(.error(message, at: nil, help: help)) }

  mutating func note(_ text: String) { notes.append(text) }

  // MARK: Weights

  mutating func readWeights() throws {
    checkKind()
    guard problems.isEmpty else { return }
    for tensor in file.graph.initializers {
      var constant = try tensor.constant(load)
      constant.name = tensor.name
      // Nobody learns an infinity: these are masks.
      do {
        constant.isWeight = try constant.kind == .real && constant.isFinite()
      } catch let problem as ImportProblem {
        report("tensor '\(tensor.name)': \(problem.message)")
      }
      values[tensor.name] = .constant(constant)
    }
  }

  private mutating func checkKind() {
    let versions = ONNXImport.opsets
    if file.opset != 0, !versions.contains(file.opset) {
      report("it uses version \(file.opset) of the operators; \(versions.lowerBound) to \(versions.upperBound) are understood")
    }
    if file.graph.sparseInitializers > 0 { report("sparse weights are not supported") }
    if file.graph.nodes.count > 100_000 { report("it has \(file.graph.nodes.count) nodes, and 100000 is the most") }
  }

  // MARK: Nodes

  mutating func translateNodes() {
    reportUnknown()
    for (index, node) in file.graph.nodes.enumerated() where Operators.all[node.type] != nil || ConstantFolding.knows(node.type) {
      let label = node.name.isEmpty ? "#\(index)" : "'\(node.name)'"
      do {
        try translate(node)
      } catch let problem as ImportProblem {
        fail(node)
        report("node \(label) (\(node.type)): \(problem.message)")
      } catch {
        fail(node)
        report("node \(label) (\(node.type)): \((error as? ContentError)?.message ?? "\(error)")")
      }
      guard problems.count < 200 else { return }
    }
  }

  private mutating func fail(_ node: ONNXNode) {
    for output in node.outputs { values[output] = .failed }
  }

  /// Operators that are not supported, each once, with all of its nodes.
  private mutating func reportUnknown() {
    var unknown: [String: [String]] = [:]
    for (index, node) in file.graph.nodes.enumerated() {
      let isStandard = ["", "ai.onnx"].contains(node.domain)
      guard !isStandard || Operators.all[node.type] == nil && !ConstantFolding.knows(node.type) else { continue }
      unknown[(isStandard ? "" : "\(node.domain).") + node.type, default: []].append(node.name.isEmpty ? "#\(index)" : "'\(node.name)'")
      fail(node)
    }
    for (type, nodes) in unknown.sorted(by: { $0.key < $1.key }) {
      let shown = nodes.prefix(10).joined(separator: ", ") + (nodes.count > 10 ? " and \(nodes.count - 10) more" : "")
      report("operator '\(type)' is not supported: \(nodes.count == 1 ? "node" : "nodes") \(shown)")
    }
  }

  private mutating func translate(_ node: ONNXNode) throws {
    var inputs: [ImportedValue?] = []
    for name in node.inputs {
      if name.isEmpty { inputs.append(nil); continue }
      guard let value = values[name] else { throw ImportProblem("its input '\(name)' comes from nowhere before it") }
      if case .failed = value { return fail(node) }
      inputs.append(value)
    }
    var reader = NodeReader(node, inputs, opset: file.opset)
    if ConstantFolding.isForEachExample(reader) {
      reader = try expressions(reader)
    } else if let constant = try ConstantFolding.result(of: reader) {
      guard let name = node.outputs.first else { return }
      foldingRest -= constant.storedCount
      guard foldingRest >= 0 else { throw ImportProblem("too many numbers are computed from constants up to here") }
      var named = constant
      named.name = name
      values[name] = .constant(named)
      return
    }
    guard let form = Operators.all[node.type] else { throw ImportProblem("it computes with data, which is not supported") }
    let known = Set(form.attributes)
    let strange = node.attributes.map(\.name).filter { !known.contains($0) }
    guard strange.isEmpty else { throw ImportProblem("attribute \(strange.map { "'\($0)'" }.joined(separator: ", ")) is not supported") }
    let results = try form.translate(&self, reader)
    let extra = node.outputs.dropFirst(results.count)
    for name in extra where uses[name] != nil {
      throw ImportProblem("it has more results than are supported")
    }
    for (name, result) in zip(node.outputs, results) where !name.isEmpty { values[name] = result.named(name) }
  }

  /// The node with what is the same for each of an open number of examples as expressions about one.
  private mutating func expressions(_ node: NodeReader) throws -> NodeReader {
    let inputs = try node.inputs.map { input in
      guard case .constant(let constant)? = input, constant.isForEachExample else { return input }
      var expression = try traced(.constant(constant))
      if constant.kind == .integer { expression.kind = .integer }
      return ImportedValue.traced(expression)
    }
    return NodeReader(node.node, inputs, opset: node.opset)
  }

  // MARK: Outputs

  mutating func declareOutputs() {
    if file.graph.outputs.isEmpty { report("it has no output") }
    for port in file.graph.outputs {
      guard let value = values[port.name] else { report("its output '\(port.name)' comes from nowhere"); continue }
      do {
        let phrase = try traced(value).phrase
        let name = script.unique(port.name, else: "y", isPort: true)
        if name != port.name { note("output '\(port.name)' is called '\(name)'") }
        script.outputs.append(Script.Output(name: name, phrase: phrase))
      } catch {
        report("output '\(port.name)': \((error as? ImportProblem)?.message ?? "\(error)")")
      }
    }
  }
}

extension ImportedValue {
  fileprivate func named(_ name: String) -> ImportedValue {
    guard case .constant(var constant) = self, constant.name.isEmpty else { return self }
    constant.name = name
    return .constant(constant)
  }
}
