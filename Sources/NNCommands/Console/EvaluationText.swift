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

  /// One a line, the numbers in a column.
  static func lines(_ evaluation: Evaluation) -> String {
    let width = evaluation.quantities.map(\.name.count).max() ?? 0
    return evaluation.quantities
      .map { $0.name + String(repeating: " ", count: width - $0.name.count) + "  " + NumberText.short($0.value) }
      .joined(separator: "\n")
  }
}
