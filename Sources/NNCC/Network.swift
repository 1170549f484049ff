internal import NNData
internal import NNElaboration
internal import NNGraph
internal import NNSource
internal import NNTraining
internal import Synchronization

/// A neural network: compiled from its text, and called in this process.
///
/// ```swift
/// let network = try Network(contentsOf: "digits.nn")
/// for (images, labels) in batches {
///   loss = try network.step(["image": .reals(images), "digit": .classes(labels)], rate: 0.1)
/// }
/// let probability = try network.forward(["image": .reals(image)])["probability"]
/// ```
///
/// Arrays hold examples one after the other, up to `batch` of them. Any thread may call; calls of one network wait for each other, those of
/// different networks do not.
public final class Network: Sendable {
  /// The numbers of an input or target.
  public enum Values: Hashable, Sendable {
    case reals([Float])
    case classes([Int32])
  }

  /// Something that has a name and a shape: for one example, or of the whole network.
  public struct Tensor: Hashable, Sendable {
    public let name: String
    public let shape: [Int]
    /// How many classes there are, where it holds class numbers.
    public let classes: Int?

    /// How many numbers there are.
    public var count: Int { shape.reduce(1, *) }
  }

  public let name: String
  public let inputs: [Tensor]
  public let targets: [Tensor]
  public let outputs: [Tensor]
  public let parameters: [Tensor]
  /// The most examples that a call takes.
  public let batch: Int
  /// The rate that the model's train block names.
  public let rate: Float
  let hosted: Mutex<HostedModel>

  /// Compiles the text of a model.
  ///
  /// - Parameters:
  ///   - text: the model, as in a `.nn` file.
  ///   - file: what error messages call it.
  ///   - files: the texts of files that it uses, by path.
  ///   - settings: other values for the model's `let`s.
  ///   - batch: the most examples that a call takes; by default what the train block says, else 32.
  ///   - seed: where initial weights and random draws come from; by default what the train block says, else 0.
  public convenience init(
    text: String, file: String = "model.nn", files: [String: String] = [:], settings: [String: String] = [:], batch: Int? = nil,
    seed: UInt64? = nil
  ) throws(NetworkError) {
    let source = NetworkSource(file: file, bytes: Array(text.utf8), settings: settings) { path in
      files[path].map { .bytes(Array($0.utf8)) } ?? .unreadable("it is not among the files that were handed over")
    }
    try self.init(source, batch: batch, seed: seed)
  }

  /// Compiles a file, and what it uses.
  public convenience init(
    contentsOf path: String, settings: [String: String] = [:], batch: Int? = nil, seed: UInt64? = nil
  ) throws(NetworkError) {
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    let bytes: [UInt8]
    do throws(DataError) {
      bytes = try ByteBuffer(contentsOf: path).array
    } catch {
      throw NetworkError(.file, error.description)
    }
    let source = NetworkSource(file: path, bytes: bytes, settings: settings) { used in
      do throws(DataError) {
        return .bytes(try ByteBuffer(contentsOf: folder + used).array)
      } catch {
        return .unreadable(error.message)
      }
    }
    try self.init(source, batch: batch, seed: seed)
  }

  private init(_ source: NetworkSource, batch: Int?, seed: UInt64?) throws(NetworkError) {
    let (model, sources) = try source.model(seed: seed)
    self.batch = batch ?? model.recipe.batch
    guard self.batch > 0 else { throw NetworkError(.arguments, "a call takes at least one example, not \(self.batch)") }
    name = model.name
    inputs = model.inputs.map(Tensor.init)
    targets = model.targets.map(Tensor.init)
    outputs = model.outputs.map { Tensor($0.name, model.graph.shape($0.value).dimensions) }
    parameters = model.parameters.map { Tensor($0.name, $0.shape.dimensions) }
    rate = Float(model.recipe.optimizer.rate)
    do {
      hosted = Mutex(try HostedModel(ModelSetup(model, sources: sources), batch: self.batch))
    } catch {
      throw NetworkError(error, in: sources)
    }
  }
}

extension Network.Tensor {
  fileprivate init(_ port: Port) {
    var classes: Int?
    if case .integer(let count) = port.type.element { classes = count }
    self.init(name: port.name, shape: port.type.shape.dimensions, classes: classes)
  }

  fileprivate init(_ name: String, _ shape: [Int]) { self.init(name: name, shape: shape, classes: nil) }
}

/// A model's text, before it is understood.
private struct NetworkSource {
  var file: String
  var bytes: [UInt8]
  var settings: [String: String]
  var load: (String) -> LoadedFile

  func model(seed: UInt64?) throws(NetworkError) -> (Model, SourceMap) {
    let text = ModelText(
      name: file, bytes: bytes, settings: settings.sorted { $0.key < $1.key }.map { ($0.key, $0.value) },
      recipeLines: seed.map { [("seed", "\($0)")] } ?? [])
    let elaboration = withoutActuallyEscaping(load) { Elaboration.run(text, load: $0) }
    guard !elaboration.diagnostics.hasErrors else {
      throw NetworkError(.model, DiagnosticRenderer.render(elaboration.diagnostics, in: elaboration.sources))
    }
    guard let model = elaboration.model else {
      throw NetworkError(.model, "\(file): there is no model in it, only blocks and lets for others to use")
    }
    return (model, elaboration.sources)
  }
}
