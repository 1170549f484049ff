import NNSchedule

/// Judges a model on examples, in use: no random draws, saved statistics.
struct Evaluator {
  let instance: ModelInstance

  /// Over the given rows in order; the last batch may be short.
  func evaluate(_ table: ExampleTable, rows: [Int]) throws -> Evaluation {
    var sum = EvaluationSum(instance.reports(of: .evaluate), of: instance.model)
    try instance.forEachBatch(of: rows, in: table) { batch in
      let means = instance.report(.evaluate, count: batch.count).map { $0.numbers(0..<1)[0] }
      sum.add(means, count: batch.count)
    }
    return sum.evaluation
  }

  func evaluate(_ table: ExampleTable) throws -> Evaluation { try evaluate(table, rows: table.rows) }
}
