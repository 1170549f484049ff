import NNExecution
import NNTraining
import Synchronization

/// The runs of a sweep, several at a time. What comes of them does not depend on how many.
struct SweepRuns: Sendable {
  private typealias Outcome = Result<TrainingResult, TrainingError>

  private struct State {
    var outcomes: [Int: Outcome] = [:]
    /// What keeps all candidates from being trained, such as a full disk.
    var failure: (any Error)?
  }

  private final class Shared: Sendable {
    let state = Mutex(State())

    var isOver: Bool { Interruption.requested != nil || state.withLock { $0.failure != nil } }
  }

  private let runs: [(candidate: SweepCandidate, setup: ModelSetup, folder: RunFolder)]
  private let console: Console

  init(_ runs: [(candidate: SweepCandidate, setup: ModelSetup, folder: RunFolder)], console: Console) {
    self.runs = runs
    self.console = console
  }

  /// Trains all candidates, or goes on with them. After an interruption those that were trained just then are saved.
  func run(threads: Int?) throws -> SweepRanking {
    let shared = Shared()
    let pool = try WorkerPool(lanes: max(1, min(threads ?? WorkerPool.cores, runs.count, WorkerPool.mostLanes)))
    pool.run(runs.count) { train($0, shared) }
    return try shared.state.withLock { state in
      if let failure = state.failure { throw failure }
      var ranking = SweepRanking()
      for index in runs.indices {
        if let outcome = state.outcomes[index] { ranking.add(runs[index].candidate, outcome) }
      }
      return ranking
    }
  }

  private func train(_ index: Int, _ shared: Shared) {
    guard !shared.isOver else { return }
    do {
      let outcome = try outcome(of: index, isInterrupted: { shared.isOver })
      shared.state.withLock { state in
        state.outcomes[index] = outcome
        guard Interruption.requested == nil, state.failure == nil else { return }
        console.say("\(state.outcomes.count)/\(runs.count)  \(SweepRanking.line(runs[index].candidate, outcome))")
      }
    } catch {
      shared.state.withLock { state in state.failure = state.failure ?? error }
    }
  }

  /// A candidate that cannot be trained is a result, too.
  private func outcome(of index: Int, isInterrupted: @escaping () -> Bool) throws -> Outcome {
    let (_, setup, folder) = runs[index]
    do {
      return .success(try Trainer(setup, folder: folder, resumes: true, mayChange: false).run(isInterrupted: isInterrupted))
    } catch let error as TrainingError where error.kind == .content {
      return .failure(error)
    } catch let error as TrainingError {
      throw Failure(error, in: setup.sources)
    }
  }
}
