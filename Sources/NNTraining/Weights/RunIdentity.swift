import NNData
package import NNGraph

/// What a run is about. If that has changed, it cannot go on as if it had never stopped.
struct RunIdentity: Equatable {
  /// Lines of the recipe that may be changed on purpose, and then say so.
  private static let lines = ["batch", "optimizer", "schedule", "clip", "normalize", "augment", "patience"]

  private let seed: UInt64
  private let rule: String
  private let model: String
  private let data: String
  /// Examples of their own to judge epochs by.
  private let validation: String
  private let recipe: [String: String]

  init(_ model: Model, _ data: TrainingData) {
    seed = model.recipe.seed
    rule = model.recipe.optimizer.name
    self.model = model.fingerprint
    self.data = data.fingerprint
    validation = data.validation.map(\.fingerprint) ?? ""
    recipe = model.recipe.texts
  }

  var metadata: [String: String] {
    recipe.merging(["seed": "\(seed)", "rule": rule, "model": model, "data": data, "validation": validation]) { line, _ in line }
  }

  /// Refuses to go on where the memory of the optimizer or the random numbers would mean something else.
  func checkKind(_ metadata: [String: String]) throws(ContentError) {
    let used = metadata["rule"] ?? ""
    guard used == rule else {
      throw ContentError("the run was started with the optimizer '\(used)', not '\(rule)'", help: Self.newRun)
    }
    let started = metadata["seed"] ?? ""
    guard started == "\(seed)" else {
      throw ContentError("the run was started with seed \(started), not \(seed)", help: "go on with '--seed \(started)'")
    }
  }

  /// Refuses to go on with another model or other data.
  func checkContent(_ metadata: [String: String]) throws(ContentError) {
    guard metadata["model"] == model else {
      throw ContentError("the run was started with another model: what it computes has changed", help: Self.newRun)
    }
    guard metadata["data"] == data else {
      throw ContentError(
        "the run was started with other data to learn from",
        help: "go on with the data and the split it was started with, or \(Self.newRun)")
    }
  }

  /// What else is not as it was when the run was saved, each in a sentence.
  func changes(since metadata: [String: String]) -> [String] {
    let judged = judgesAlike(metadata) ? [] : ["the run goes on with other data to judge epochs by"]
    return Self.lines.compactMap { line in
      let (before, now) = (metadata[line] ?? "", recipe[line] ?? "")
      guard before != now else { return nil }
      return "the run was saved with \(Self.said(line, before)) and goes on with \(Self.said(line, now))"
    } + judged
  }

  /// Whether the run that was saved judged epochs by the same examples of their own, or by none. Older checkpoints do not tell.
  func judgesAlike(_ metadata: [String: String]) -> Bool { metadata["validation"].map { $0 == validation } ?? true }

  /// Whether the run that was saved looked for its best epoch.
  static func keepsBest(_ metadata: [String: String]) -> Bool { metadata["patience"] != nil }

  private static let newRun = "start a new run in another folder"

  private static func said(_ line: String, _ text: String) -> String { text.isEmpty ? "no '\(line)'" : "'\(line) \(text)'" }
}

extension Recipe {
  /// The lines that decide about the steps, as the train block would have them.
  fileprivate var texts: [String: String] {
    var texts = ["batch": "\(batch)", "optimizer": optimizer.text, "schedule": schedule.text]
    if let clip { texts["clip"] = "\(clip)" }
    texts["normalize"] = normalization?.rawValue
    texts["augment"] = augmentation?.text
    if let patience { texts["patience"] = "\(patience)" }
    return texts
  }
}

extension AugmentationRule {
  fileprivate var text: String { (flips ? ["flip"] : []).joined() + (crop > 0 ? (flips ? ", " : "") + "crop(\(crop))" : "") }
}

extension ScheduleChoice {
  fileprivate var text: String {
    let parts = arguments.sorted { $0.key < $1.key }.map { name, numbers in
      "\(name): \(numbers.map { $0.epochs == 0 ? "\($0.steps)" : "\($0.steps) + \($0.epochs) * epoch" }.joined(separator: ", "))"
    }
    return "\(name)(\(parts.joined(separator: ", ")))"
  }
}

extension Model {
  /// Of what training computes. Names of values, comments, metrics and outputs may change.
  package var fingerprint: String {
    var fingerprint = Fingerprint()
    let graph = graph.graph
    let roots = losses.map(\.value) + states.compactMap(\.next)
    let isReached = graph.reachable(from: roots)
    var numbers = [Int](repeating: -1, count: graph.count)
    var count = 0
    for (id, node) in graph.nodes.enumerated() where isReached[id] {
      fingerprint.add("\(type(of: node.operation).mnemonic) \(node.operation) \(node.type)")
      for input in node.inputs { fingerprint.add(numbers[input.id]) }
      numbers[id] = count
      count += 1
    }
    for root in roots { fingerprint.add(numbers[root.id]) }
    for parameter in parameters { fingerprint.add("\(parameter.name) \(parameter.shape) \(parameter.initial)") }
    for loss in losses { fingerprint.add("\(loss.trains ?? [])") }
    return fingerprint.text
  }
}

extension TrainingData {
  /// Of the examples that are learnt from.
  fileprivate var fingerprint: String {
    var fingerprint = Fingerprint()
    table.add(to: &fingerprint)
    for row in order.training { fingerprint.add(row) }
    // Where what examples remember begins anew.
    if order.isSequential { for start in table.starts { fingerprint.add(start) } }
    return fingerprint.text
  }
}

extension ExampleTable {
  fileprivate func add(to fingerprint: inout Fingerprint) {
    fingerprint.add(count)
    for column in columns { column?.add(to: &fingerprint) }
  }

  fileprivate var fingerprint: String {
    var fingerprint = Fingerprint()
    add(to: &fingerprint)
    return fingerprint.text
  }
}
