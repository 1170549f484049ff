import NNGraph
import NNSchedule

/// Watches over a training: measures it after epochs, and tells what keeps it from learning, each thing once.
final class TrainingWatch {
  private let rules: DiagnosisRules
  private let probe: Probe
  private let lastEpoch: Int
  private let names: [String]
  private var known: Set<[String]> = []
  /// Found, but in no record yet.
  private var pending: [Diagnosis] = []
  /// The mean loss of each epoch so far.
  private var losses: [Double] = []
  /// Of the model before its first step.
  private var startLoss: Double?
  /// What an epoch began with, where its way is of interest.
  private var origin: RealBuffer?

  /// - Parameter records: of the epochs that an earlier run has done.
  init(_ setup: ModelSetup, _ data: TrainingData, batch: Int, records: [EpochRecord]) throws {
    probe = try Probe(setup, data, batch: batch)
    rules = DiagnosisRules(setup, probe.survey)
    lastEpoch = setup.model.recipe.epochs
    names = setup.model.parameters.map(\.name)
    known = Set(records.flatMap(\.diagnoses).map(\.key))
    losses = records.map(\.loss)
  }

  /// What can be said of the data, and of a model that has learnt nothing yet.
  func begin(_ instance: ModelInstance, _ data: TrainingData, isFresh: Bool) throws -> [Diagnosis] {
    let figures = try probe.look(at: instance)
    if isFresh && figures.isFinite { startLoss = figures.loss }
    return fresh(rules.data(data) + rules.feeds(figures) + rules.targets(figures))
  }

  /// Where the last epoch led nowhere, it is of interest where the next one leads.
  func beginEpoch(_ instance: ModelInstance) {
    origin = nil
    let weights = instance.memory.parameters
    guard rules.isFlat(losses, stepsPerEpoch: probe.stepsPerEpoch),
      let copy = try? RealBuffer(count: weights.count, precision: weights.precision)
    else { return }
    copy.copy(weights)
    origin = copy
  }

  /// Adds to the record of an epoch what was measured after it; returns what is newly found.
  func finishEpoch(_ record: inout EpochRecord, _ instance: ModelInstance) throws -> [Diagnosis] {
    losses.append(record.loss)
    var found = rules.rate(losses, start: startLoss)
    if isDue(record.epoch) {
      let figures = try probe.look(at: instance)
      record.norms = zip(names, zip(figures.weights, figures.gradients)).map {
        ParameterNorms(name: $0, weight: Float($1.0), gradient: Float($1.1))
      }
      if figures.isFinite { found += try diagnoses(figures, instance, epoch: record.epoch) }
      if let origin, figures.isFinite {
        found += try rules.rate(record.rate, epochs: losses.count) { try probe.loss(beyond: instance, from: origin, factor: $0) }
      }
    }
    let new = fresh(found)
    record.diagnoses = pending
    pending = []
    return new
  }

  /// What a sample lets suspect is looked for in all examples; more and more seldom, since that takes as long as an evaluation.
  private func diagnoses(_ figures: ProbeFigures, _ instance: ModelInstance, epoch: Int) throws -> [Diagnosis] {
    var units = rules.units(figures)
    if !units.isEmpty {
      guard epoch.nonzeroBitCount == 1 || epoch == lastEpoch else { return [] }
      units = rules.units(try probe.lookAtAll(instance))
    }
    // Gradients that vanish behind such units are no other disease.
    return units.isEmpty ? rules.gradients(figures) : units
  }

  /// After each epoch where that takes no time, else after more and more of them: 1, 2, ..., 7, 8, 10, 12, 15, ...
  private func isDue(_ epoch: Int) -> Bool {
    if probe.isCheap || epoch == lastEpoch { return true }
    var due = 1
    while due < epoch { due = max(due + 1, due * 5 / 4) }
    return due == epoch
  }

  private func fresh(_ found: [Diagnosis]) -> [Diagnosis] {
    let new = found.filter { known.insert($0.key).inserted }
    pending += new
    return new
  }
}
