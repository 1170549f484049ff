package import NNData
package import NNGraph
import NNSchedule

/// The loss of a model, every named value, and every gradient, for one batch: `nnrun grad`.
package struct GradientReport: Sendable {
  package let loss: Double
  private let precision: Precision
  /// The last top-level binding of each name; per-example values have the batch as first axis.
  package let values: [Tensor]
  /// Of the batch's loss by parameters, inputs and real-valued targets.
  package let gradients: [Tensor]
  /// The derivative of the loss along a direction of the parameters, and the Hessian times one, by parameter, if they were asked for.
  package let directional: DirectionalDerivatives
  /// What was made up, each in a sentence.
  package let remarks: [String]

  fileprivate init(
    loss: Double, values: [Tensor], gradients: [Tensor], directional: DirectionalDerivatives, precision: Precision, remarks: [String]
  ) {
    self.loss = loss
    self.values = values
    self.gradients = gradients
    self.directional = directional
    self.precision = precision
    self.remarks = remarks
  }

  /// `{"loss": -12, "values": {"q": 3}, "gradients": {"x": -4}}`, then `"jvp": 2` and `"hvp": {"x": 1}`.
  package var json: JSON {
    func object(_ tensors: [Tensor]) -> JSON { .object(tensors.map { JSON.Member($0.name, $0.json) }) }
    var members = [JSON.Member("loss", scalar("loss", loss).json)]
    members += [JSON.Member("values", object(values)), JSON.Member("gradients", object(gradients))]
    if let jvp = directional.jvp { members.append(JSON.Member("jvp", scalar("jvp", jvp).json)) }
    if let hvp = directional.hvp { members.append(JSON.Member("hvp", object(hvp))) }
    return .object(members)
  }

  private func scalar(_ name: String, _ number: Double) -> Tensor {
    Tensor(name: name, shape: [], storage: precision == .f32 ? .float32([Float(number)]) : .float64([number]))
  }

  /// The same as tensors `loss`, `value.NAME`, `grad.NAME`, `jvp` and `hvp.NAME`.
  package func write(to path: String) throws {
    func renamed(_ tensors: [Tensor], _ prefix: String) -> [Tensor] {
      tensors.map { Tensor(name: prefix + $0.name, shape: $0.shape, storage: $0.storage) }
    }
    let numbers = [scalar("loss", loss)] + (directional.jvp.map { [scalar("jvp", $0)] } ?? [])
    let tensors = renamed(values, "value.") + renamed(gradients, "grad.") + renamed(directional.hvp ?? [], "hvp.")
    try Safetensors(tensors: numbers + tensors).write(to: path)
  }
}

extension Tensor {
  /// As nested arrays, with the digits that its precision has.
  package var json: JSON {
    switch storage {
    case .float32(let numbers): .tensor(numbers, shape: shape) { .single($0) }
    default: .tensor(storage.doubles, shape: shape) { .number($0) }
    }
  }
}

/// What `nnrun grad` works on.
package struct GradientRequest {
  /// So many examples are made up where there is no data.
  private static let madeUpExamples = 4

  private let setup: ModelSetup

  package init(_ setup: ModelSetup) { self.setup = setup }

  /// - Parameters:
  ///   - weights: the path of a weight file; without it the parameters are what they start from.
  ///   - data: all of it is one batch; without it the rows written in the model are, else made-up examples.
  ///   - jvp: the path of a file with a direction to derive the loss along: a tensor for each parameter.
  ///   - hvp: likewise, to multiply the Hessian of the loss by.
  package func run(weights: String?, data: DataDescription?, jvp: String? = nil, hvp: String? = nil) throws -> GradientReport {
    let model = setup.model
    guard !model.losses.isEmpty else { throw TrainingError("the model has no loss to derive", help: "add a line 'loss EXPR'") }
    var remarks: [String] = []
    let table = try examples(data, &remarks)
    let instance = try setup.instance([.inspect] + (jvp == nil ? [] : [.jvp]) + (hvp == nil ? [] : [.hvp]), batch: table.count)
    if let weights {
      try WeightFile.read(weights, into: instance)
    } else if model.parameters.contains(where: \.initial.isRandom) {
      remarks.append("there are no weights: random ones come from seed \(setup.seed)")
    }
    try instance.load(table)
    let stream = TrainingProgress(seed: setup.seed).stream
    // These come first, since they change no state.
    let directional = try DirectionalDerivatives(instance, count: table.count, stream: stream, jvp: jvp, hvp: hvp)
    let report = report(instance.report(.inspect, count: table.count, stream: stream), directional, of: instance, remarks)
    if report.loss.isNaN, let help = instance.needOfExamples(table.count) { throw TrainingError("the loss is nan", help: help) }
    return report
  }

  private func examples(_ data: DataDescription?, _ remarks: inout [String]) throws -> ExampleTable {
    let model = setup.model
    let reader = setup.reader
    if let data { return try reader.read(data) }
    if let written = model.recipe.data, written.kind == .rows { return try reader.read(written) }
    guard !model.ports.isEmpty else { return try reader.random(1) }
    remarks.append("there is no data: \(Self.madeUpExamples) random examples come from seed \(setup.seed)")
    return try reader.random(Self.madeUpExamples)
  }

  private func report(
    _ buffers: [RealBuffer], _ directional: DirectionalDerivatives, of instance: ModelInstance, _ remarks: [String]
  ) -> GradientReport {
    var values: [Tensor] = []
    var gradients: [Tensor] = []
    var loss = Double.nan
    for (report, buffer) in zip(instance.reports(of: .inspect), buffers) {
      if report.name == "loss" {
        loss = buffer.numbers(0..<1)[0]
      } else if report.name.hasPrefix("value.") {
        values.append(tensor(report, buffer, name: report.name.dropFirst("value.".count), batch: instance.batch))
      } else {
        gradients.append(tensor(report, buffer, name: report.name.dropFirst("grad.".count), batch: instance.batch))
      }
    }
    return GradientReport(
      loss: loss, values: values, gradients: gradients, directional: directional, precision: setup.precision, remarks: remarks)
  }

  private func tensor(_ report: EntryProgram.Report, _ buffer: RealBuffer, name: Substring, batch: Int) -> Tensor {
    let shape = (report.type.isBatched ? [batch] : []) + report.type.shape.dimensions
    return TensorSlot(name: String(name), shape: shape, buffer: buffer, offset: 0).tensor
  }
}

extension Initializer {
  fileprivate var isRandom: Bool {
    switch self {
    case .constant, .literal: false
    case .normal, .uniform: true
    }
  }
}
