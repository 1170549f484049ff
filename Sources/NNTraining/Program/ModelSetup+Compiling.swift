import NNEmission
import NNGraph
import NNOperations
package import NNSchedule

extension ModelSetup {
  /// The model scheduled for calls of up to `batch` examples.
  ///
  /// - Parameters:
  ///   - kinds: the entries to have; without it those of the C interface that need not be asked for, as far as the model can have them.
  ///   - isParallel: whether threads may share the work, which may take more memory.
  package func compile(_ kinds: [EntryKind]? = nil, batch: Int, isParallel: Bool = true) throws(TrainingError) -> CompiledModel {
    let optimizer = try optimizer()
    let builder = EntryBuilder(model, optimizer: optimizer, batch: batch)
    for kind in kinds ?? [] {
      if let obstacle = builder.obstacle(kind) { throw TrainingError("there is no '\(kind.rawValue)': \(obstacle)") }
    }
    let entries = if let kinds { withStartingStates(kinds) } else { try standardEntries(batch: batch) }
    return Scheduler.compile(
      model, optimizer: optimizer, entries: entries, batch: batch, precision: precision,
      leastShared: isParallel ? KernelWork.leastShared : .infinity)
  }

  /// What is not asked for by name, as far as the model can have it: the C interface without what is dear, and inference with constant weights
  /// where there are weights.
  func standardEntries(batch: Int) throws(TrainingError) -> [EntryKind] {
    let builder = EntryBuilder(model, optimizer: try optimizer(), batch: batch)
    let predictions: [EntryKind] = hasWeights ? [.predict] + (batch > 1 ? [.predictBatch] : []) + [.predictStart] : []
    return (EntryKind.standard + predictions).filter { builder.obstacle($0) == nil }
  }

  /// Whoever calls inference with constant weights has to know where states start.
  private func withStartingStates(_ kinds: [EntryKind]) -> [EntryKind] {
    let isNeeded = kinds.contains(where: \.isPrediction) && !kinds.contains(.predictStart) && model.states.contains(where: \.type.isBatched)
    return isNeeded ? kinds + [.predictStart] : kinds
  }

  /// The model with its loss and the derivatives of it that it can have, to compare what they cost.
  package func compileDerivatives(batch: Int) throws(TrainingError) -> CompiledModel {
    let builder = EntryBuilder(model, optimizer: try optimizer(), batch: batch)
    return try compile(DerivativeCosts.kinds.filter { builder.obstacle($0) == nil }, batch: batch)
  }

  private func optimizer() throws(TrainingError) -> any OptimizerRule {
    do {
      return try Optimizers.make(model.recipe.optimizer)
    } catch {
      throw TrainingError(error.message, range: model.recipe.ranges["optimizer"], help: error.help)
    }
  }
}

extension EntryKind {
  fileprivate static let standard: [EntryKind] = [.initialize, .infer, .loss, .grad, .step, .update]
}
