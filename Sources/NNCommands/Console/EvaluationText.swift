import NNTraining

/// Losses and metrics as people read them.
enum EvaluationText {
  /// `loss 0.1530, accuracy 0.9582`
  static func line(_ evaluation: Evaluation) -> String {
    evaluation.quantities.map { "\($0.name) \(NumberText.short($0.value))" }.joined(separator: ", ")
  }

  /// One a line, the numbers in a column.
  static func lines(_ evaluation: Evaluation) -> String {
    let width = evaluation.quantities.map(\.name.count).max() ?? 0
    return evaluation.quantities
      .map { $0.name + String(repeating: " ", count: width - $0.name.count) + "  " + NumberText.short($0.value) }
      .joined(separator: "\n")
  }
}
