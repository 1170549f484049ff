import NNSchedule

/// Judges a model on examples, in use: no random draws, saved statistics.
struct Evaluator {
  let instance: ModelInstance

  /// Over the given rows in order; the last batch may be short.
  func evaluate(_ table: ExampleTable, rows: [Int]) -> Evaluation {
    var sum = EvaluationSum(instance.reports(of: .evaluate), of: instance.model)
    instance.restartExamples()
    for start in stride(from: 0, to: rows.count, by: instance.batch) {
      let batch = rows[start..<min(start + instance.batch, rows.count)]
      instance.memory.examples.gather(batch, of: table)
      let means = instance.report(.evaluate, count: batch.count).map { $0.numbers(0..<1)[0] }
      sum.add(means, count: batch.count)
    }
    instance.restartExamples()
    return sum.evaluation
  }

  func evaluate(_ table: ExampleTable) -> Evaluation {
    evaluate(table, rows: Array(0..<table.count))
  }
}
