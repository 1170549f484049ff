package import NNGraph
package import NNOperations
import NNSource

/// Which parts of a network are to be integers, and what has to be known of the float network for that.
package struct QuantizationPlan: Sendable {
  private let model: Model
  private let network: StagedNetwork
  private let roots: [Value: Value]

  /// The plan, or everything that keeps the network from being computed with integers.
  package static func read(_ model: Model, calls: [CallRecord]) -> Result<QuantizationPlan, QuantizationFailure> {
    var reading = NetworkReading(model, calls: calls)
    return reading.network().map { QuantizationPlan(reading, $0) }
  }

  private init(_ reading: NetworkReading, _ network: StagedNetwork) {
    model = reading.model
    self.network = network
    roots = Dictionary(uniqueKeysWithValues: reading.values.map { ($0, reading.root($0)) })
  }

  /// The values whose ranges are needed.
  package var observed: [Value] {
    Set(network.stages.flatMap { [$0.result, $0.pointwise.scaled] }).sorted()
  }

  /// The values that are the same for all examples and whose numbers are needed.
  package var constants: [Value] {
    let weights = network.stages.flatMap { stage -> [Value] in
      switch stage.kind {
      case .dense(_, let form): [form.weight]
      case .convolution(_, let form): [form.weight] + (form.bias.map { [$0] } ?? [])
      default: []
      }
    }
    let all = weights + network.stages.flatMap(\.pointwise.constants)
    return Set(all.filter { model.graph.constant($0) == nil }).sorted()
  }

  /// The network in integers.
  ///
  /// - Parameter sharesMemory: whether the bytes of a layer may be overwritten once nobody needs them.
  package func network(_ calibration: Calibration, sharesMemory: Bool = true) -> QuantizedNetwork? {
    let roots = roots
    guard let quantizer = Quantizer(network.stages, model.graph, calibration, roots: { roots[$0] ?? $0 }) else { return nil }
    let cuts = network.cuts
    let handedOver = cuts.compactMap { quantizer.reals[$0]?.buffer }
    let plan = BytePlan(quantizer.layers, quantizer.buffers, kept: Set(handedOver), sharesMemory: sharesMemory)
    let rest = FloatRest(model, cuts: cuts.compactMap { cut in quantizer.reals[cut].map { (cut, $0.strides) } }).model
    return QuantizedNetwork(
      layers: quantizer.layers, offsets: plan.offsets, memory: plan.size, rest: rest, handedOver: handedOver,
      observed: observedBytes(quantizer))
  }

  private func observedBytes(_ quantizer: Quantizer) -> [ObservedBytes] {
    network.stages.compactMap { stage in
      guard !stage.isReal, let tensor = quantizer.tensors[stage.result] else { return nil }
      if case .view = stage.kind { return nil }
      let places = tensor.strides.offsets(of: tensor.strides.axes.indices).map { $0 + tensor.strides.offset }
      let name = model.graph.graph[stage.result].name ?? ""
      return ObservedBytes(
        value: stage.result, name: name, layer: stage.kind.title, buffer: tensor.buffer, places: places, scale: tensor.scale)
    }
  }
}

extension Stage.Kind {
  /// What a person calls it.
  fileprivate var title: String {
    switch self {
    case .input: "input"
    case .dense: "dense"
    case .convolution: "convolution"
    case .pool(_, let pool): pool.isMean ? "mean pool" : "max pool"
    case .sum: "sum"
    case .view: "view"
    case .place: "parts"
    case .same: "elementwise"
    }
  }
}
