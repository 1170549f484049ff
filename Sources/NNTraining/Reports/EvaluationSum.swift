import NNGraph
import NNSchedule

/// Batch means on their way to means over all examples.
struct EvaluationSum {
  private struct Term {
    let name: String
    let finish: Metric.Finish
    var sum = 0.0
  }

  private var terms: [Term]
  private var count = 0

  /// - Parameter reports: of the `evaluate` entry: the loss, each loss, the metrics.
  init(_ reports: [EntryProgram.Report], of model: Model) {
    let finishes = Dictionary(model.metrics.map { ("metric." + $0.name, $0.finish) }) { first, _ in first }
    terms = reports.map { Term(name: Self.shortName($0.name), finish: finishes[$0.name] ?? .none) }
    // A metric may be called as a loss is: then both keep their full names.
    let clashes = Dictionary(grouping: terms, by: \.name).filter { $0.value.count > 1 }
    for (index, report) in reports.enumerated() where clashes[terms[index].name] != nil && report.name != "loss" {
      terms[index] = Term(name: report.name, finish: terms[index].finish)
    }
  }

  private static func shortName(_ name: String) -> String {
    for prefix in ["loss.", "metric."] where name.hasPrefix(prefix) { return String(name.dropFirst(prefix.count)) }
    return name
  }

  /// Adds the means of a batch of `count` examples.
  mutating func add(_ means: [Double], count: Int) {
    for (index, mean) in means.enumerated() { terms[index].sum += mean * Double(count) }
    self.count += count
  }

  var evaluation: Evaluation {
    Evaluation(
      quantities: terms.map { term in
        let mean = term.sum / Double(count)
        return Evaluation.Quantity(name: term.name, value: term.finish == .squareRoot ? mean.squareRoot() : mean)
      })
  }
}
