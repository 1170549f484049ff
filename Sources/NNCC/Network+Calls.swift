internal import NNGraph
internal import NNSchedule
internal import NNSource
internal import NNTraining
internal import Synchronization

extension Network {
  // MARK: Using

  /// The outputs, by name, as in use.
  public func forward(_ examples: [String: Values]) throws(NetworkError) -> [String: [Float]] {
    let results = try call(.infer, examples) { model, count in model.infer(count: count) }
    return Dictionary(zip(outputs.map(\.name), results)) { first, _ in first }
  }

  /// The mean loss, as in use.
  public func loss(_ examples: [String: Values]) throws(NetworkError) -> Float {
    try call(.loss, examples) { model, count in model.loss(count: count) }
  }

  /// Lets what examples remember from call to call start anew.
  public func restartExamples() { hosted.withLock { $0.restartExamples() } }

  // MARK: Training

  /// The mean loss as in training, and its gradient by each parameter.
  public func gradients(_ examples: [String: Values]) throws(NetworkError) -> (loss: Float, gradients: [String: [Float]]) {
    let (loss, gradients) = try call(.grad, examples) { model, count in model.gradient(count: count) }
    return (loss, Dictionary(zip(parameters.map(\.name), gradients)) { first, _ in first })
  }

  /// Learns from the examples; returns their mean loss before that. A loss that is not finite changes nothing.
  ///
  /// - Parameter rate: by default what the train block names.
  @discardableResult
  public func step(_ examples: [String: Values], rate: Float? = nil) throws(NetworkError) -> Float {
    let rate = Double(rate ?? self.rate)
    return try call(.step, examples) { model, count in model.step(count: count, rate: rate) }
  }

  /// Starts anew; equal seeds give equal bits.
  public func reset(seed: UInt64) { hosted.withLock { $0.initialize(seed: seed) } }

  // MARK: Weights

  /// A parameter's numbers, laid out as in PyTorch.
  public func parameter(_ name: String) throws(NetworkError) -> [Float] {
    let index = try place(of: name)
    return hosted.withLock { $0.parameter(index) }
  }

  public func setParameter(_ name: String, to numbers: [Float]) throws(NetworkError) {
    let index = try place(of: name)
    guard numbers.count == parameters[index].count else {
      throw NetworkError(.arguments, "'\(name)' has \(parameters[index].count) numbers, not \(numbers.count)")
    }
    hosted.withLock { $0.setParameter(index, numbers) }
  }

  /// Reads the weights of a safetensors file, which has to hold those of this very model.
  public func load(from path: String) throws(NetworkError) {
    try file { model in try model.load(path) }
  }

  /// Writes the weights into a safetensors file.
  public func save(to path: String) throws(NetworkError) {
    try file { model in try model.save(path) }
  }

  private func place(of name: String) throws(NetworkError) -> Int {
    guard let index = parameters.firstIndex(where: { $0.name == name }) else {
      throw NetworkError(.arguments, "there is no parameter '\(name)'; there are \(Self.listed(parameters))")
    }
    return index
  }

  private func file(_ work: (HostedModel) throws -> Void) throws(NetworkError) {
    do {
      try hosted.withLock { try work($0) }
    } catch {
      throw NetworkError(error, in: SourceMap())
    }
  }

  // MARK: Examples

  private func call<Result: Sendable>(
    _ kind: EntryKind, _ examples: [String: Values], _ work: (HostedModel, Int) -> Result
  ) throws(NetworkError) -> Result {
    let isInference = kind == .infer
    let count = try count(examples, needsTargets: !isInference)
    let result: Result? = hosted.withLock { model in
      guard model.has(kind) else { return nil }
      for (index, tensor) in (inputs + targets).enumerated() {
        switch examples[tensor.name] {
        case .reals(let numbers)?: model.write(.reals(numbers), port: index)
        case .classes(let numbers)?: model.write(.classes(numbers), port: index)
        case nil: break
        }
      }
      return work(model, count)
    }
    guard let result else { throw NetworkError(.arguments, "'\(name)' has no \(isInference ? "output" : "loss")") }
    return result
  }

  /// How many examples there are: as many of each input and target.
  private func count(_ examples: [String: Values], needsTargets: Bool) throws(NetworkError) -> Int {
    let known = inputs + targets
    if let stranger = examples.keys.sorted().first(where: { key in !known.contains { $0.name == key } }) {
      throw NetworkError(.arguments, "there is no input or target '\(stranger)'; there are \(Self.listed(known))")
    }
    var count: Int?
    for tensor in known {
      guard let values = examples[tensor.name] else {
        if needsTargets || inputs.contains(tensor) { throw NetworkError(.arguments, "'\(tensor.name)' is missing") }
        continue
      }
      let found = try Self.count(values, tensor)
      guard found >= 1, found <= batch, count == nil || count == found else {
        let wanted = count.map { "\($0), as of the others" } ?? "1 to \(batch)"
        throw NetworkError(.arguments, "'\(tensor.name)' has \(found) examples, not \(wanted)")
      }
      count = found
    }
    return count ?? 1
  }

  private static func count(_ values: Values, _ tensor: Tensor) throws(NetworkError) -> Int {
    let numbers: Int
    switch (values, tensor.classes) {
    case (.reals(let reals), nil): numbers = reals.count
    case (.classes(let classes), let most?):
      if let wrong = classes.first(where: { $0 < 0 || Int($0) >= most }) {
        throw NetworkError(.arguments, "'\(tensor.name)' takes classes 0 to \(most - 1), not \(wrong)")
      }
      numbers = classes.count
    case (.reals, _?): throw NetworkError(.arguments, "'\(tensor.name)' takes class numbers, not reals")
    case (.classes, nil): throw NetworkError(.arguments, "'\(tensor.name)' takes reals, not class numbers")
    }
    guard numbers.isMultiple(of: max(tensor.count, 1)) else {
      throw NetworkError(.arguments, "'\(tensor.name)' has \(numbers) numbers; an example has \(tensor.count)")
    }
    return numbers / max(tensor.count, 1)
  }

  private static func listed(_ tensors: [Tensor]) -> String { tensors.map { "'\($0.name)'" }.joined(separator: ", ") }
}
