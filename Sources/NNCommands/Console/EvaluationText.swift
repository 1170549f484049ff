import NNTraining

/// Losses and metrics as people read them.
enum EvaluationText {
  /// `loss 0.153, accuracy 0.9582`
  static func line(_ evaluation: Evaluation, digits: Int = 6) -> String {
    evaluation.quantities.map { "\($0.name) \(NumberText.short($0.value, digits: digits))" }.joined(separator: ", ")
  }

  /// The loss met while learning, and how the epoch was judged: by data of its own, or by the metrics on the same data.
  static func line(_ record: EpochRecord, digits: Int = 6) -> (training: String, validation: String?) {
    var met = Evaluation(quantities: [.init(name: "loss", value: record.loss)])
    guard let judged = record.evaluation else { return (line(met, digits: digits), nil) }
    if record.isValidation { return (line(met, digits: digits), line(judged, digits: digits)) }
    met.quantities += judged.quantities.filter { $0.name != "loss" }
    return (line(met, digits: digits), nil)
  }

  /// A class a line: how many examples it has, how many of them are recognised, how many of those taken for it are of it.
  static func table(_ figures: ClassFigures) -> String {
    let head = ["class", "examples", "recall", "precision", "mostly taken for"]
    let rows = figures.classes.map { kind in
      let other = figures.mostlyTakenFor(kind).map { "\($0.kind) (\($0.count))" } ?? ""
      return ["\(kind)", "\(figures.examples(kind))", percent(figures.recall(kind)), percent(figures.precision(kind)), other]
    }
    let widths = head.indices.map { column in ([head] + rows).map { $0[column].count }.max() ?? 0 }
    return ([head] + rows).map { row in
      zip(row, widths).map { String(repeating: " ", count: $1 - $0.count) + $0 }.joined(separator: "  ")
    }.joined(separator: "\n")
  }

  private static func percent(_ part: Double?) -> String {
    part.map { NumberText.fixed($0 * 100, decimals: 1) + " %" } ?? "-"
  }

  /// One a line, the numbers in a column.
  static func lines(_ evaluation: Evaluation) -> String {
    let width = evaluation.quantities.map(\.name.count).max() ?? 0
    return evaluation.quantities
      .map { $0.name + String(repeating: " ", count: width - $0.name.count) + "  " + NumberText.short($0.value) }
      .joined(separator: "\n")
  }
}
