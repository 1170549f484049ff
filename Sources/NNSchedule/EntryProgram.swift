package import NNGraph

/// The entry points of the C interface, and those that the trainer asks for.
package enum EntryKind: String, Hashable, Sendable, CaseIterable {
  case initialize = "init"
  case infer, loss, grad, step, update
  /// Inference with the weights as constants: of one example, of several, and where states start.
  case predict
  case predictBatch = "predict_batch"
  case predictStart = "predict_start"
  case gradInputs = "grad_inputs"
  case jvp, hvp
  /// The trainer's: losses, metrics and outputs in use; every named value and gradient as in training; how well units respond, and what they are fed.
  case evaluate, inspect, survey

  /// Where it stands among all kinds.
  package var place: Int {
    switch self {
    case .initialize: 0
    case .infer: 1
    case .loss: 2
    case .grad: 3
    case .step: 4
    case .update: 5
    case .predict: 6
    case .predictBatch: 7
    case .predictStart: 8
    case .gradInputs: 9
    case .jvp: 10
    case .hvp: 11
    case .evaluate: 12
    case .inspect: 13
    case .survey: 14
    }
  }

  /// Whether calls for one example are common.
  package var isForOne: Bool { [.infer, .predict, .predictBatch].contains(self) }

  /// Whether programs that are handed out leave it away.
  package var isTrainers: Bool { [.evaluate, .inspect, .survey].contains(self) }
}

/// What one entry point computes: a pure graph, what of it is returned, and what of it is written where.
package struct EntryProgram: Sendable {
  package struct Store: Sendable {
    package var value: Value
    package var destination: Destination

    package init(value: Value, destination: Destination) {
      self.value = value
      self.destination = destination
    }
  }

  package var kind: EntryKind
  package var graph: Graph
  package var stores: [Store]
  package var result: Value?
  /// A result that is not finite is returned before anything is written.
  package var checksResult: Bool
  /// The trainer's reports in the order of `Destination.report`: name and type.
  package var reports: [Report] = []

  package struct Report: Sendable {
    package var name: String
    package var type: ValueType

    package init(name: String, type: ValueType) {
      self.name = name
      self.type = type
    }
  }

  /// Values that are kept alive, in a fixed order.
  package var roots: [Value] { (result.map { [$0] } ?? []) + stores.map(\.value) }

  package init(kind: EntryKind, graph: Graph, stores: [Store], result: Value?, checksResult: Bool, reports: [Report] = []) {
    self.kind = kind
    self.graph = graph
    self.stores = stores
    self.result = result
    self.checksResult = checksResult
    self.reports = reports
  }
}
